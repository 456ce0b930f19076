package actors

// deviceMessage is what a device's actor receives. Neither work nor reports
// travel in messages but in the record's queue and chart, so that a crash loses
// none of them, and a mailbox does not grow with them.
type deviceMessage interface{ deviceMessage() }

type (
	// deviceWake says that the queue may have work.
	deviceWake struct{}
	// deviceSlice is a device's message to itself: do the next slice.
	deviceSlice struct{}
	// deviceReported says that the driver reported something of the device's
	// health, which waits in the chart.
	deviceReported struct{}
)

func (deviceWake) deviceMessage()     {}
func (deviceSlice) deviceMessage()    {}
func (deviceReported) deviceMessage() {}
