// A control plane as one writes it on go-control-plane: it follows the instances of Consul's services with
// blocking queries, and serves each service's as a load assignment, from a LinearCache.
//
// Up to 100 services have a query each. Consul's agent takes 200 connections from one address, so where there
// are more, two queries tell that something has changed, and then every service is read, eight at a time; what
// has the index that it had is not decoded.
package main

import (
	"flag"
	"sync"

	"convoy/bench/peers/go-control-plane/internal/ads"

	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"
)

const (
	queries  = 100
	parallel = 8
)

// follower holds what has changed in Consul and is not served yet.
type follower struct {
	consul  *consul
	mu      sync.Mutex
	indices map[string]uint64
	updates map[string]types.Resource
	gone    map[string]bool
	changed chan struct{}
}

func main() {
	address := flag.String("consul", "http://127.0.0.1:8500", "the agent")
	flag.Parse()
	f := &follower{
		consul:  newConsul(*address),
		indices: map[string]uint64{},
		updates: map[string]types.Resource{},
		gone:    map[string]bool{},
		changed: make(chan struct{}, 1),
	}
	served := cache.NewLinearCache(resource.EndpointType)
	names, index := f.consul.services(0)
	f.readAll(names)
	f.publish(served)
	if len(names) <= queries {
		go f.followEach(names, index)
	} else {
		go f.followAll(names, index)
	}
	go ads.Pace(f.changed, func() { f.publish(served) })
	ads.Serve(served)
}

// followEach has a query for each service, and one for which there are.
func (f *follower) followEach(names []string, index uint64) {
	running := map[string]chan struct{}{}
	for {
		present := map[string]bool{}
		for _, name := range names {
			present[name] = true
			if running[name] == nil {
				stop := make(chan struct{})
				running[name] = stop
				go f.follow(name, stop)
			}
		}
		for name, stop := range running {
			if !present[name] {
				close(stop)
				delete(running, name)
				f.remove(name)
			}
		}
		names, index = f.consul.services(index)
	}
}

func (f *follower) follow(name string, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
			f.read(name, true)
		}
	}
}

// followAll reads all services when one of two queries says that something has changed.
func (f *follower) followAll(names []string, index uint64) {
	wake := make(chan struct{}, 1)
	known := make(chan []string, 1)
	known <- names
	before := names
	go func() {
		for {
			var now []string
			now, index = f.consul.services(index)
			<-known
			known <- now
			ads.Tell(wake)
		}
	}()
	go func() {
		var checks uint64
		for {
			checks = f.consul.checks(checks)
			ads.Tell(wake)
		}
	}()
	for range wake {
		now := <-known
		known <- now
		present := map[string]bool{}
		for _, name := range now {
			present[name] = true
		}
		for _, name := range before {
			if !present[name] {
				f.remove(name)
			}
		}
		f.readAll(now)
		before = now
	}
}

func (f *follower) readAll(names []string) {
	work := make(chan string)
	var workers sync.WaitGroup
	for range parallel {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for name := range work {
				f.read(name, false)
			}
		}()
	}
	for _, name := range names {
		work <- name
	}
	close(work)
	workers.Wait()
}

// read takes over a service's instances where they have changed; wait: when they have.
func (f *follower) read(name string, wait bool) {
	f.mu.Lock()
	before := f.indices[name]
	f.mu.Unlock()
	instances, index := f.consul.instances(name, before, wait)
	if index == before {
		return
	}
	f.mu.Lock()
	f.indices[name] = index
	f.updates[name] = assignment(name, instances)
	delete(f.gone, name)
	f.mu.Unlock()
	ads.Tell(f.changed)
}

func (f *follower) remove(name string) {
	f.mu.Lock()
	delete(f.indices, name)
	delete(f.updates, name)
	f.gone[name] = true
	f.mu.Unlock()
	ads.Tell(f.changed)
}

func (f *follower) publish(served *cache.LinearCache) {
	f.mu.Lock()
	updates, gone := f.updates, f.gone
	f.updates, f.gone = map[string]types.Resource{}, map[string]bool{}
	f.mu.Unlock()
	var names []string
	for name := range gone {
		names = append(names, name)
	}
	if len(updates)+len(names) > 0 {
		if err := served.UpdateResources(updates, names); err != nil {
			panic(err)
		}
	}
}
