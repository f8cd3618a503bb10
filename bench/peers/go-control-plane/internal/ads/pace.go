package ads

import "time"

const interval = 20 * time.Millisecond

// Pace calls publish for what is told on changed: at once when nothing was published for 20 ms, else when these
// are over.
func Pace(changed <-chan struct{}, publish func()) {
	var last time.Time
	for range changed {
		time.Sleep(time.Until(last.Add(interval)))
		// What came meanwhile goes along.
		select {
		case <-changed:
		default:
		}
		publish()
		last = time.Now()
	}
}

// Tell says on changed, which has room for one, that something is to be published.
func Tell(changed chan<- struct{}) {
	select {
	case changed <- struct{}{}:
	default:
	}
}
