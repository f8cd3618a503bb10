package main

import (
	"github.com/envoyproxy/go-control-plane/pkg/cache/types"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
)

// assignment is what Envoy is told of a service's instances.
func assignment(name string, instances []instance) types.Resource {
	endpoints := make([]*endpoint.LbEndpoint, 0, len(instances))
	for _, one := range instances {
		address := one.Service.Address
		if address == "" {
			address = one.Node.Address
		}
		endpoints = append(endpoints, &endpoint.LbEndpoint{
			HealthStatus: health(one),
			HostIdentifier: &endpoint.LbEndpoint_Endpoint{Endpoint: &endpoint.Endpoint{
				Address: &core.Address{Address: &core.Address_SocketAddress{SocketAddress: &core.SocketAddress{
					Address: address, PortSpecifier: &core.SocketAddress_PortValue{PortValue: one.Service.Port}}}},
			}},
		})
	}
	return &endpoint.ClusterLoadAssignment{
		ClusterName: name,
		Endpoints:   []*endpoint.LocalityLbEndpoints{{LbEndpoints: endpoints}},
	}
}

func health(one instance) core.HealthStatus {
	for _, check := range one.Checks {
		if check.Status == "critical" {
			return core.HealthStatus_UNHEALTHY
		}
	}
	return core.HealthStatus_HEALTHY
}
