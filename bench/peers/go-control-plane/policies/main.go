// A control plane as one writes it on go-control-plane: it follows rate limits in Consul's KV with a blocking
// query, and serves each as an extension configuration of its own.
//
// What has not changed is not parsed, built or encoded again. By default there is one LinearCache for each type
// behind a MuxCache, which encodes a resource once for all streams and sends only what differs;
// -cache snapshot takes the SnapshotCache, which most people use.
package main

import (
	"flag"
	"log"
	"sync"
	"time"

	"convoy/bench/peers/go-control-plane/internal/ads"

	"github.com/hashicorp/consul/api"
)

const prefix = "convoy/backend-traffic-policy/"

// store holds documents as they were read last; what is new in it waits in changed.
type store struct {
	mu       sync.Mutex
	versions map[string]uint64
	changed  map[string]*policy // nil: deleted
}

func main() {
	address := flag.String("consul", "http://127.0.0.1:8500", "the agent")
	kind := flag.String("cache", "linear", "linear or snapshot")
	flag.Parse()
	config := api.DefaultConfig()
	config.Address = *address
	client, err := api.NewClient(config)
	if err != nil {
		log.Fatal(err)
	}
	s := &store{versions: map[string]uint64{}, changed: map[string]*policy{}}
	index := s.read(client, 0)
	out := newOutput(*kind)
	out.publish(s.take())

	changed := make(chan struct{}, 1)
	go func() {
		for {
			index = s.read(client, index)
			ads.Tell(changed)
		}
	}()
	go ads.Pace(changed, func() { out.publish(s.take()) })
	ads.Serve(out.cache())
}

// read waits until the prefix is newer than index, and takes over what has changed. It returns the next index.
func (s *store) read(client *api.Client, index uint64) uint64 {
	pairs, meta, err := client.KV().List(prefix, &api.QueryOptions{WaitIndex: index, WaitTime: 5 * time.Minute})
	if err != nil {
		log.Printf("Consul does not answer: %v", err)
		time.Sleep(time.Second)
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	present := make(map[string]bool, len(pairs))
	for _, pair := range pairs {
		present[pair.Key] = true
		if s.versions[pair.Key] == pair.ModifyIndex {
			continue
		}
		s.versions[pair.Key] = pair.ModifyIndex
		parsed, err := parse(pair.Value)
		if err != nil {
			log.Printf("%s stays as it was: %v", pair.Key, err)
			continue
		}
		s.changed[pair.Key] = parsed
	}
	for key := range s.versions {
		if !present[key] {
			delete(s.versions, key)
			s.changed[key] = nil
		}
	}
	if meta.LastIndex < index {
		return 0 // the agent has begun anew
	}
	return meta.LastIndex
}

// take returns what has changed since it was called last.
func (s *store) take() map[string]*policy {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := s.changed
	s.changed = map[string]*policy{}
	return changed
}
