package main

import (
	"context"
	"log"
	"maps"
	"slices"
	"strconv"

	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
)

// output makes documents resources, and these known to clients.
type output struct {
	slots     map[string]int // of documents' keys; a slot is never used again
	services  map[string]bool
	resources map[resource.Type]map[string]types.Resource // for a snapshot
	sink      sink
	version   int
}

// sink is one of go-control-plane's caches.
type sink interface {
	cache() cache.Cache
	// put: resources that are other than before, or nil where there are none any more.
	put(all map[resource.Type]map[string]types.Resource, changed map[resource.Type]map[string]types.Resource, version string)
}

// In the order in which they take effect: what is named before what names it.
var typeURLs = []resource.Type{
	resource.ClusterType, resource.EndpointType, resource.ExtensionConfigType, resource.ListenerType, resource.RouteType,
}

func newOutput(kind string) *output {
	o := &output{slots: map[string]int{}, services: map[string]bool{},
		resources: map[resource.Type]map[string]types.Resource{}}
	for _, url := range typeURLs {
		o.resources[url] = map[string]types.Resource{}
	}
	switch kind {
	case "linear":
		o.sink = newLinear()
	case "snapshot":
		o.sink = newSnapshot()
	default:
		log.Fatalf("-cache: had %q, expected linear or snapshot", kind)
	}
	return o
}

func (o *output) cache() cache.Cache { return o.sink.cache() }

func (o *output) publish(documents map[string]*policy) {
	if len(documents) == 0 {
		return
	}
	changed := map[resource.Type]map[string]types.Resource{}
	put := func(url resource.Type, name string, content types.Resource) {
		if changed[url] == nil {
			changed[url] = map[string]types.Resource{}
		}
		changed[url][name] = content
		if content == nil {
			delete(o.resources[url], name)
		} else {
			o.resources[url][name] = content
		}
	}
	slots, services := len(o.slots), len(o.services)
	for _, key := range slices.Sorted(maps.Keys(documents)) {
		p := documents[key]
		number, known := o.slots[key]
		if p == nil {
			if known {
				put(resource.ExtensionConfigType, slot(number), nil)
			}
			continue
		}
		if !known {
			number = len(o.slots)
			o.slots[key] = number
		}
		put(resource.ExtensionConfigType, slot(number), limit(number, p))
		for _, target := range p.TargetRefs {
			if !o.services[target.Name] {
				o.services[target.Name] = true
				put(resource.ClusterType, target.Name, service(target.Name))
			}
		}
	}
	if len(o.slots) > slots {
		put(resource.ListenerType, "gateway", gateway(len(o.slots)))
	}
	if len(o.services) > services {
		put(resource.RouteType, "gateway", routes(slices.Sorted(maps.Keys(o.services))))
	}
	o.version++
	o.sink.put(o.resources, changed, strconv.Itoa(o.version))
}

type linear map[resource.Type]*cache.LinearCache

func newLinear() linear {
	l := linear{}
	for _, url := range typeURLs {
		l[url] = cache.NewLinearCache(url)
	}
	return l
}

func (l linear) cache() cache.Cache {
	caches := map[string]cache.Cache{}
	for url, one := range l {
		caches[url] = one
	}
	return &cache.MuxCache{
		Classify:      func(request *cache.Request) string { return request.GetTypeUrl() },
		ClassifyDelta: func(request *cache.DeltaRequest) string { return request.GetTypeUrl() },
		Caches:        caches,
	}
}

func (l linear) put(_, changed map[resource.Type]map[string]types.Resource, _ string) {
	for _, url := range typeURLs {
		if len(changed[url]) == 0 {
			continue
		}
		var gone []string
		for name, content := range changed[url] {
			if content == nil {
				gone = append(gone, name)
				delete(changed[url], name)
			}
		}
		if err := l[url].UpdateResources(changed[url], gone); err != nil {
			log.Fatal(err)
		}
	}
}

// snapshot has the same content for every node, and a new version for the types that have changed.
type snapshot struct {
	of   cache.SnapshotCache
	last cache.Snapshot
}

type everybody struct{}

func (everybody) ID(*core.Node) string { return "" }

func newSnapshot() *snapshot { return &snapshot{of: cache.NewSnapshotCache(false, everybody{}, nil)} }

func (s *snapshot) cache() cache.Cache { return s.of }

func (s *snapshot) put(all, changed map[resource.Type]map[string]types.Resource, version string) {
	next := cache.Snapshot{Resources: s.last.Resources}
	for url := range changed {
		next.Resources[cache.GetResponseType(url)] =
			cache.NewResources(version, slices.Collect(maps.Values(all[url])))
	}
	s.last = next
	if err := s.of.SetSnapshot(context.Background(), "", &next); err != nil {
		log.Fatal(err)
	}
}
