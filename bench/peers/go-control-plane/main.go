// A control plane on go-control-plane, as a peer that Convoy is measured beside: one LinearCache for
// each type behind a MuxCache, so that a change touches the watches of the changed name only and a
// resource is serialised once for all streams.
//
// It is fed on standard input and answers on standard output:
//
//	put TYPE-URL NAME BASE64   a resource's new content
//	publish                    all since the last one takes effect; the first answer is READY PORT, later ones OK
//	heap                       collects garbage; answers HEAP and the bytes in use
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"log"
	"math"
	"net"
	"os"
	"runtime"
	"strings"

	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/v3"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
)

// In the order in which they take effect: what is named before what names it.
var typeURLs = []string{
	resource.ClusterType, resource.EndpointType, resource.ListenerType, resource.RouteType,
}

type peer struct {
	caches map[string]*cache.LinearCache
	next   map[string]map[string]types.Resource
	ready  bool
}

func main() {
	p := &peer{caches: map[string]*cache.LinearCache{}, next: map[string]map[string]types.Resource{}}
	for _, url := range typeURLs {
		p.caches[url] = cache.NewLinearCache(url)
	}
	input := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := input.ReadString('\n')
		if err != nil {
			return // the benchmark is over
		}
		if err := p.obey(strings.Fields(line)); err != nil {
			log.Fatal(err)
		}
	}
}

func (p *peer) obey(words []string) error {
	switch {
	case len(words) == 4 && words[0] == "put":
		return p.put(words[1], words[2], words[3])
	case len(words) == 1 && words[0] == "publish":
		return p.publish()
	case len(words) == 1 && words[0] == "heap":
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		fmt.Println("HEAP", stats.HeapAlloc)
		return nil
	}
	return fmt.Errorf("unknown command %q", words)
}

// The bytes are served as they come: a message that knows none of the fields keeps them.
func (p *peer) put(url, name, content string) error {
	if p.caches[url] == nil {
		return fmt.Errorf("unknown type %s", url)
	}
	raw, err := base64.StdEncoding.DecodeString(content)
	if err != nil {
		return err
	}
	message := &emptypb.Empty{}
	message.ProtoReflect().SetUnknown(raw)
	if p.next[url] == nil {
		p.next[url] = map[string]types.Resource{}
	}
	p.next[url][name] = message
	return nil
}

func (p *peer) publish() error {
	for _, url := range typeURLs {
		if changed := p.next[url]; len(changed) > 0 {
			if err := p.caches[url].UpdateResources(changed, nil); err != nil {
				return err
			}
		}
	}
	clear(p.next)
	if p.ready {
		fmt.Println("OK")
		return nil
	}
	p.ready = true
	return p.serve()
}

func (p *peer) serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	caches := map[string]cache.Cache{}
	for url, linear := range p.caches {
		caches[url] = linear
	}
	mux := &cache.MuxCache{
		Classify:      func(request *cache.Request) string { return request.GetTypeUrl() },
		ClassifyDelta: func(request *cache.DeltaRequest) string { return request.GetTypeUrl() },
		Caches:        caches,
	}
	grpcServer := grpc.NewServer(grpc.MaxConcurrentStreams(math.MaxUint32))
	discovery.RegisterAggregatedDiscoveryServiceServer(
		grpcServer, server.NewServer(context.Background(), mux, nil))
	go func() { log.Fatal(grpcServer.Serve(listener)) }()
	fmt.Println("READY", listener.Addr().(*net.TCPAddr).Port)
	return nil
}
