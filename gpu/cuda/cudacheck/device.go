package cudacheck

import (
	"fmt"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/nvml"
)

// device is the part that asks what is there. It comes first, since only a
// process that never used the driver can tell how long a start takes.
func device(s *session) error {
	if err := starts(s); err != nil {
		return err
	}
	b, err := s.bed()
	if err != nil {
		return err
	}
	err = attributes(s, b)
	err = errors.CombineErrors(err, manager(s, b))
	err = errors.CombineErrors(err, compiled(s, b))
	return errors.CombineErrors(err, b.close())
}

// starts opens the device as an engine does, three times.
func starts(s *session) error {
	for i, kernel := range []string{cuda.Direct, cuda.Direct, cuda.Measured} {
		begin := time.Now()
		d, err := s.open(kernel)
		if err != nil {
			return err
		}
		ready := time.Since(begin).Seconds()
		info := d.Info()
		if err := d.Close(); err != nil {
			return err
		}
		switch i {
		case 0:
			s.Say("name", "%s", info.Name)
			s.Check("self-test at the start", true, "passed")
			s.Say("read-only mappings", "honoured, by what the driver answers: %t", info.ReadOnlyMappings)
			s.Figure(figureStart, ready)
			for _, note := range info.Notes {
				s.Say("note", "%s", note)
			}
		case 1:
			s.Number("second start in a process", "s", ready)
		default:
			s.Number("start that measures all digest kernels", "s", ready)
		}
	}
	return nil
}

// attributes asks the driver about the device.
func attributes(s *session, b *bed) error {
	version, r := b.lib.Version()
	if r != driver.Success {
		return answered("cuDriverGetVersion", r)
	}
	s.Say("CUDA version of the driver", "%d.%d", version/1000, version%1000/10)
	s.Say("memory", "%s, in granules of %s", b.total, b.unit)
	s.Say("compute capability", "%d.%d", b.capability/10, b.capability%10)
	for _, a := range []struct {
		what      string
		attribute driver.DeviceAttribute
	}{
		{"multiprocessors (16)", driver.DeviceMultiprocessorCount},
		{"highest clock, kHz (13)", driver.DeviceClockRate},
		{"memory clock, kHz (36)", driver.DeviceMemoryClockRate},
		{"memory bus, bits (37)", driver.DeviceGlobalMemoryBusWidth},
		{"L2 cache, bytes (38)", driver.DeviceL2CacheSize},
		{"copy engines (40)", driver.DeviceAsyncEngineCount},
		{"integrated (18)", driver.DeviceIntegrated},
		{"ECC (32)", driver.DeviceECCEnabled},
		{"unified addressing (41)", driver.DeviceUnifiedAddressing},
		{"managed memory (83)", driver.DeviceManagedMemory},
		{"pageable memory access, HMM or ATS (88)", driver.DevicePageableMemoryAccess},
		{"concurrent managed access (89)", driver.DeviceConcurrentManagedAccess},
		{"host page tables, ATS (100)", driver.DevicePageableMemoryAccessUsesHostPageTables},
		{"virtual memory management (102)", driver.DeviceVirtualMemoryManagementSupported},
		{"handles as file descriptors (103)", driver.DeviceHandleTypePosixFileDescriptorSupported},
		{"compute mode (20)", driver.DeviceComputeMode},
		{"limit on a kernel's time (17)", driver.DeviceKernelExecTimeout},
	} {
		value, r := b.lib.DeviceAttribute(a.attribute, b.handle)
		if r != driver.Success {
			s.Say(a.what, "%s", spell(r))
			continue
		}
		s.Say(a.what, "%d", value)
	}
	least, greatest, r := b.lib.StreamPriorities()
	if r != driver.Success {
		return answered("cuCtxGetStreamPriorityRange", r)
	}
	s.Say("priorities of streams", "%d to %d", least, greatest)
	return nil
}

// manager asks the management library. Without it there is less to know.
func manager(s *session, b *bed) (err error) {
	lib, err := nvml.Open(nvml.Options{Paths: s.options.NVML})
	if err != nil {
		s.Missing("management library", "%v", err)
		return nil
	}
	if r := lib.Init(); r != nvml.Success {
		s.Missing("management library", "%s", r.Name())
		return nil
	}
	defer func() {
		if r := lib.Shutdown(); r != nvml.Success {
			err = errors.CombineErrors(err, errors.Newf("cudacheck: nvmlShutdown answered %s", r.Name()))
		}
	}()
	if version, r := lib.DriverVersion(); r == nvml.Success {
		s.Say("version of the driver", "%s", version)
	}
	uuid, r := b.lib.DeviceUUID(b.handle)
	if r != driver.Success {
		return answered("cuDeviceGetUuid", r)
	}
	found, _, seen := lib.Find(uuid)
	if seen != nvml.Success {
		s.Missing("the device in the management library", "%s", seen.Name())
		return nil
	}
	say := func(what string, r nvml.Result, format string, args ...any) {
		if r != nvml.Success {
			format, args = "%s", []any{r.Name()}
		}
		s.Say(what, format, args...)
	}
	mode, r1 := lib.AddressingMode(found)
	say("addressing mode (1 HMM, 2 ATS)", r1, "%d", mode)
	mig, _, r2 := lib.MIG(found)
	say("MIG", r2, "%t", mig)
	action, r3 := lib.RecoveryAction(found)
	say("recovery action", r3, "%s", action.Name())
	ecc, r4 := lib.ECCErrors(found)
	say("ECC errors, corrected and not", r4, "%d, %d", ecc.Corrected, ecc.Uncorrected)
	rows, r5 := lib.RemappedRows(found)
	say("remapped rows", r5, "%d, pending %t, failed %t", rows.Corrected+rows.Uncorrected, rows.Pending, rows.Failed)
	cc, r6 := lib.ConfidentialComputing()
	say("confidential computing", r6, "%t", cc.Enabled)
	others, r7 := lib.Processes(found)
	say("processes on the GPU", r7, "%d", len(others))
	types, r8 := lib.EventTypes(found)
	say("event types", r8, "%#x", uint64(types))
	return nil
}

// compiled tells what the driver makes of each kernel.
func compiled(s *session, b *bed) error {
	for _, e := range kernels.Entries() {
		begin := time.Now()
		f, err := b.load(e.Name)
		if err != nil {
			return err
		}
		took := time.Since(begin)
		values := map[driver.FunctionAttribute]int{}
		for _, a := range []driver.FunctionAttribute{
			driver.FunctionNumRegs, driver.FunctionLocalSizeBytes, driver.FunctionSharedSizeBytes, driver.FunctionMaxThreadsPerBlock,
			driver.FunctionPTXVersion, driver.FunctionBinaryVersion,
		} {
			value, r := b.lib.FunctionAttribute(a, f[e.Name])
			if r != driver.Success {
				return answered("cuFuncGetAttribute", r)
			}
			values[a] = value
		}
		fit := "?"
		if blocks, r := b.lib.BlocksPerMultiprocessor(f[e.Name], kernels.Threads, 0); r == driver.Success {
			fit = fmt.Sprint(blocks)
		}
		s.Say(e.Name, "compiled in %.0f ms: %d registers, %d B local, %d B shared, at most %d threads, %s blocks of %d per multiprocessor, PTX %d, binary %d",
			took.Seconds()*1e3, values[driver.FunctionNumRegs], values[driver.FunctionLocalSizeBytes], values[driver.FunctionSharedSizeBytes],
			values[driver.FunctionMaxThreadsPerBlock], fit, kernels.Threads, values[driver.FunctionPTXVersion], values[driver.FunctionBinaryVersion])
		s.localMemory(e.Name, values[driver.FunctionLocalSizeBytes])
	}
	return nil
}

// localMemory is registers that did not fit: slow, and not wrong.
func (s *session) localMemory(kernel string, size int) {
	row := Row{Part: s.Part, Name: kernel + ", local memory", Value: fmt.Sprintf("%d bytes", size), Target: "none", Verdict: Met}
	switch {
	case s.Simulated:
		row.Verdict = NotMeasured
	case size > 0:
		row.Verdict = Missed
	}
	s.Emit(row)
}
