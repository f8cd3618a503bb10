package main

import (
	"fmt"
	"log"
	"strconv"
	"time"

	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	xds "github.com/cncf/xds/go/xds/core/v3"
	matcher "github.com/cncf/xds/go/xds/type/matcher/v3"
	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matching "github.com/envoyproxy/go-control-plane/envoy/extensions/common/matching/v3"
	ratelimit "github.com/envoyproxy/go-control-plane/envoy/extensions/common/ratelimit/v3"
	composite "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/composite/v3"
	local "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/local_ratelimit/v3"
	router "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	manager "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	envoymatcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	envoytype "github.com/envoyproxy/go-control-plane/envoy/type/v3"
)

const slotHeader = "x-limit-slot"

var always = &core.RuntimeFractionalPercent{DefaultValue: &envoytype.FractionalPercent{Numerator: 100}}

// slot names a limit's resource; the names are as long as Convoy's.
func slot(number int) string { return fmt.Sprintf("provider-limit-0/%d", number) }

// limit is the extension configuration of a document, in its slot: field by field what Convoy makes of it.
func limit(number int, p *policy) types.Resource {
	filter := &local.LocalRateLimit{
		StatPrefix:                      p.Kind + "/" + p.Name,
		Status:                          &envoytype.HttpStatus{Code: envoytype.StatusCode_TooManyRequests},
		FilterEnabled:                   always,
		FilterEnforced:                  always,
		RateLimitedAsResourceExhausted:  true,
		AlwaysConsumeDefaultTokenBucket: wrapperspb.Bool(false),
		MaxDynamicDescriptors:           wrapperspb.UInt32(10_000),
	}
	if body := p.RateLimit.Local.Body; body != "" {
		filter.ResponseHeadersToAdd = []*core.HeaderValueOption{
			{Header: &core.HeaderValue{Key: "x-convoy-body", Value: body}},
		}
	}
	for i, r := range p.RateLimit.Local.Rules {
		actions, descriptor := rateLimit(i, r)
		filter.RateLimits = append(filter.RateLimits, actions)
		filter.Descriptors = append(filter.Descriptors, descriptor)
	}
	return &core.TypedExtensionConfig{Name: slot(number), TypedConfig: pack(filter)}
}

func rateLimit(index int, r rule) (*route.RateLimit, *ratelimit.LocalRateLimitDescriptor) {
	place := strconv.Itoa(index)
	actions := &route.RateLimit{Actions: []*route.RateLimit_Action{{
		ActionSpecifier: &route.RateLimit_Action_GenericKey_{
			GenericKey: &route.RateLimit_Action_GenericKey{DescriptorKey: "rule", DescriptorValue: place}},
	}}}
	descriptor := &ratelimit.LocalRateLimitDescriptor{
		Entries: []*ratelimit.RateLimitDescriptor_Entry{{Key: "rule", Value: place}},
		TokenBucket: &envoytype.TokenBucket{
			MaxTokens:     r.Limit.Burst,
			TokensPerFill: wrapperspb.UInt32(r.Limit.Requests),
			FillInterval:  durationpb.New(time.Duration(seconds[r.Limit.Unit]) * time.Second),
		},
	}
	var conditions []*route.HeaderMatcher
	for _, selector := range r.Selectors {
		if selector.JWTProvider != "" {
			conditions = append(conditions, header("x-convoy-issuer", "https://"+selector.JWTProvider+".test"))
		}
		if selector.Header != nil {
			conditions = append(conditions, header(selector.Header.Name, selector.Header.Value))
		}
	}
	if len(conditions) > 0 {
		actions.Actions = append(actions.Actions, &route.RateLimit_Action{
			ActionSpecifier: &route.RateLimit_Action_HeaderValueMatch_{
				HeaderValueMatch: &route.RateLimit_Action_HeaderValueMatch{
					DescriptorKey: "headers", DescriptorValue: "match", Headers: conditions}},
		})
		descriptor.Entries = append(descriptor.Entries,
			&ratelimit.RateLimitDescriptor_Entry{Key: "headers", Value: "match"})
	}
	return actions, descriptor
}

func header(name, value string) *route.HeaderMatcher {
	return &route.HeaderMatcher{
		Name: name,
		HeaderMatchSpecifier: &route.HeaderMatcher_StringMatch{StringMatch: &envoymatcher.StringMatcher{
			MatchPattern: &envoymatcher.StringMatcher_Exact{Exact: value}}},
	}
}

// gateway is a listener whose one filter of limits leads to as many slots, by a request header.
func gateway(slots int) types.Resource {
	ads := &core.ConfigSource{
		ResourceApiVersion:    core.ApiVersion_V3,
		ConfigSourceSpecifier: &core.ConfigSource_Ads{Ads: &core.AggregatedConfigSource{}},
	}
	byHeader := map[string]*matcher.Matcher_OnMatch{}
	for i := range slots {
		action := &composite.ExecuteFilterAction{DynamicConfig: &composite.DynamicConfig{
			Name: slot(i),
			ConfigDiscovery: &core.ExtensionConfigSource{
				ConfigSource:                     ads,
				DefaultConfig:                    pack(&local.LocalRateLimit{StatPrefix: "empty-slot"}),
				ApplyDefaultConfigWithoutWarming: true,
				TypeUrls:                         []string{pack(&local.LocalRateLimit{}).GetTypeUrl()},
			},
		}}
		byHeader[strconv.Itoa(i)] = &matcher.Matcher_OnMatch{OnMatch: &matcher.Matcher_OnMatch_Action{
			Action: &xds.TypedExtensionConfig{Name: "limit", TypedConfig: pack(action)}}}
	}
	limits := &matching.ExtensionWithMatcher{
		XdsMatcher: &matcher.Matcher{MatcherType: &matcher.Matcher_MatcherTree_{MatcherTree: &matcher.Matcher_MatcherTree{
			Input: &xds.TypedExtensionConfig{
				Name:        "slot",
				TypedConfig: pack(&envoymatcher.HttpRequestHeaderMatchInput{HeaderName: slotHeader}),
			},
			TreeType: &matcher.Matcher_MatcherTree_ExactMatchMap{
				ExactMatchMap: &matcher.Matcher_MatcherTree_MatchMap{Map: byHeader}},
		}}},
		ExtensionConfig: &core.TypedExtensionConfig{Name: "limits", TypedConfig: pack(&composite.Composite{})},
	}
	http := &manager.HttpConnectionManager{
		StatPrefix: "gateway",
		RouteSpecifier: &manager.HttpConnectionManager_Rds{
			Rds: &manager.Rds{RouteConfigName: "gateway", ConfigSource: ads}},
		HttpFilters: []*manager.HttpFilter{
			filter("limits", limits),
			filter("router", &router.Router{}),
		},
	}
	return &listener.Listener{
		Name: "gateway",
		Address: &core.Address{Address: &core.Address_SocketAddress{SocketAddress: &core.SocketAddress{
			Address: "127.0.0.1", PortSpecifier: &core.SocketAddress_PortValue{PortValue: 10000}}}},
		FilterChains: []*listener.FilterChain{{Filters: []*listener.Filter{{
			Name: "http", ConfigType: &listener.Filter_TypedConfig{TypedConfig: pack(http)}}}}},
	}
}

func filter(name string, config proto.Message) *manager.HttpFilter {
	return &manager.HttpFilter{Name: name, ConfigType: &manager.HttpFilter_TypedConfig{TypedConfig: pack(config)}}
}

// routes has one for each service.
func routes(services []string) types.Resource {
	var all []*route.Route
	for _, service := range services {
		all = append(all, &route.Route{
			Match: &route.RouteMatch{PathSpecifier: &route.RouteMatch_Prefix{Prefix: "/" + service + "/"}},
			Action: &route.Route_Route{Route: &route.RouteAction{
				ClusterSpecifier: &route.RouteAction_Cluster{Cluster: service}}},
		})
	}
	return &route.RouteConfiguration{
		Name:         "gateway",
		VirtualHosts: []*route.VirtualHost{{Name: "all", Domains: []string{"*"}, Routes: all}},
	}
}

func service(name string) types.Resource {
	return &cluster.Cluster{
		Name:                 name,
		ClusterDiscoveryType: &cluster.Cluster_Type{Type: cluster.Cluster_STATIC},
		ConnectTimeout:       durationpb.New(time.Second),
	}
}

func pack(message proto.Message) *anypb.Any {
	packed, err := anypb.New(message)
	if err != nil {
		log.Fatal(err)
	}
	return packed
}
