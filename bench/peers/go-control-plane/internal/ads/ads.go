// Package ads serves a cache over aggregated discovery on loopback, and answers what the benchmark asks on
// standard input:
//
//	heap      collects garbage; answers HEAP and the bytes in use
//	refused   answers REFUSED and how many responses clients have refused
package ads

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"runtime"
	"sync/atomic"

	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/v3"
	"google.golang.org/grpc"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
)

// Serve says READY and its port, and returns when standard input ends, as it does with the benchmark.
func Serve(cache cache.Cache) {
	var refused atomic.Int64
	callbacks := server.CallbackFuncs{
		StreamRequestFunc: func(_ int64, request *discovery.DiscoveryRequest) error {
			if request.GetErrorDetail() != nil {
				refused.Add(1)
			}
			return nil
		},
		StreamDeltaRequestFunc: func(_ int64, request *discovery.DeltaDiscoveryRequest) error {
			if request.GetErrorDetail() != nil {
				refused.Add(1)
			}
			return nil
		},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	grpcServer := grpc.NewServer()
	discovery.RegisterAggregatedDiscoveryServiceServer(
		grpcServer, server.NewServer(context.Background(), cache, callbacks))
	go func() { log.Fatal(grpcServer.Serve(listener)) }()
	fmt.Println("READY", listener.Addr().(*net.TCPAddr).Port)
	answer(&refused)
}

func answer(refused *atomic.Int64) {
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		switch input.Text() {
		case "heap":
			runtime.GC()
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			fmt.Println("HEAP", stats.HeapAlloc)
		case "refused":
			fmt.Println("REFUSED", refused.Load())
		default:
			log.Fatalf("unknown command %q", input.Text())
		}
	}
}
