package seal

import "sync"

// vault is the table of all pages with keys. A Keyring holds only a number of
// a page in it, because fmt prints unexported fields of nested values as they
// are: whatever prints a Keyring can at worst print that number. This table is
// the one variable of the package that changes; nothing reads it but through a
// Keyring or a Signer.
type vault struct {
	mu    sync.RWMutex
	pages map[slot]*page
	last  slot
}

// slot is the number of a page. Numbers are never used twice; 0 is no page.
type slot uint64

var keys = vault{pages: make(map[slot]*page)}

// put takes over a page and returns its number.
func (v *vault) put(p *page) slot {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.last++
	v.pages[v.last] = p
	return v.last
}

// get returns the page, or false if there is none or it was taken out.
func (v *vault) get(s slot) (*page, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	p, ok := v.pages[s]
	return p, ok
}

// use lets f read the page. ErrKeyClosed if there is none any more.
func (v *vault) use(s slot, f func(mem []byte) error) error {
	p, ok := v.get(s)
	if !ok {
		return ErrKeyClosed
	}
	return p.use(f)
}

// remove takes the page out of the table and closes it.
func (v *vault) remove(s slot) error {
	v.mu.Lock()
	p, ok := v.pages[s]
	delete(v.pages, s)
	v.mu.Unlock()
	if !ok {
		return nil
	}
	return p.close()
}
