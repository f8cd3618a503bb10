package io.convoy.policy;

import static io.convoy.policy.Documents.kv;
import static io.convoy.policy.Documents.refused;
import static io.convoy.policy.Documents.warned;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each kind refuses: the field is named, and what was expected of it. */
class KindsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Protocol: htp|Protocol: had \"htp\", expected one of http, http2, grpc, tcp; did you mean \"http\"?",
        "UpstreamConfig: {Defaults: {Name: x}}|UpstreamConfig.Defaults.Name: had \"x\", expected no name",
        "UpstreamConfig: {Overrides: [{}]}|UpstreamConfig.Overrides[0].Name: had \"\", expected 1 to 253",
        "UpstreamConfig: {Overrides: [{Name: a}, {Name: a}]}|Overrides[1].Name: had \"a\", expected every service once",
        "UpstreamConfig: {Defaults: {PassiveHealthCheck: {Interval: 0s}}}|Interval: had 0s, expected a duration above 0",
        "UpstreamConfig: {Defaults: {PassiveHealthCheck: {BaseEjectionTime: -1s}}}|BaseEjectionTime: had -1s, expected",
        "UpstreamConfig: {Defaults: {PassiveHealthCheck: {MaxEjectionPercent: 101}}}|MaxEjectionPercent: had 101, expected a whole number from 0 to 100",
        "UpstreamConfig: {Defaults: {PassiveHealthCheck: {EnforcingConsecutive5xx: 101}}}|EnforcingConsecutive5xx: had 101",
      })
  void serviceDefaults(String text, String expected) {
    assertThat(refused(kv("service-defaults", "user", text))).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DefaultSubset: v1|DefaultSubset: had \"v1\", expected one of the subsets []",
        "Subsets: {V1: {}}|Subsets[\"V1\"]: had \"V1\", expected at most 63 lower-case letters",
        "Subsets: {v1: {Filter: x}}|Subsets[\"v1\"].Filter: had \"x\", expected one of Service.ID",
        "Redirect: {}|Redirect: had nothing, expected Service or ServiceSubset",
        "Redirect: {ServiceSubset: v1}|Redirect.ServiceSubset: had \"v1\", expected one of the subsets",
        "{Redirect: {Service: a}, Failover: {'*': {Service: b}}}|Redirect: had both Redirect and Failover",
        "Failover: {v1: {Service: b}}|Failover[\"v1\"]: had \"v1\", expected * or one of the subsets []",
        "Failover: {'*': {Service: b, Targets: [{Service: c}]}}|Targets: had both Targets and a service",
        "Failover: {'*': {Targets: [{ServiceSubset: c}]}}|Targets[0].ServiceSubset: had \"c\"",
        "Failover: {'*': {Service: a/b}}|Failover[\"*\"].Service: had \"a/b\"",
        "ConnectTimeout: 0s|ConnectTimeout: had 0s, expected a duration above 0",
        "LoadBalancer: {Policy: roundrobin}|Policy: had \"roundrobin\", expected one of round_robin, random, least_request, ring_hash, maglev; did you mean \"round_robin\"?",
        "LoadBalancer: {Policy: maglev, RingHashConfig: {}}|RingHashConfig: had a value with the policy \"maglev\"",
        "LoadBalancer: {Policy: maglev, LeastRequestConfig: {}}|LeastRequestConfig: had a value",
        "LoadBalancer: {Policy: random, HashPolicies: [{SourceIP: true}]}|HashPolicies: had hash policies with the policy \"random\"",
        "LoadBalancer: {Policy: least_request, LeastRequestConfig: {ChoiceCount: 1}}|ChoiceCount: had 1, expected 2 or more",
        "LoadBalancer: {Policy: ring_hash, RingHashConfig: {MinimumRingSize: 8388609}}|MinimumRingSize: had 8388609",
        "LoadBalancer: {Policy: ring_hash, RingHashConfig: {MinimumRingSize: 9, MaximumRingSize: 8}}|expected no more than the maximum",
        "LoadBalancer: {Policy: maglev, HashPolicies: [{}]}|HashPolicies[0].Field: had \"\", expected one of header",
        "LoadBalancer: {Policy: maglev, HashPolicies: [{Field: header}]}|HashPolicies[0].FieldValue: had \"\", expected the name of a header",
        "LoadBalancer: {Policy: maglev, HashPolicies: [{Field: cookie}]}|HashPolicies[0].FieldValue: had \"\", expected a cookie's name",
        "LoadBalancer: {Policy: maglev, HashPolicies: [{Field: query_parameter}]}|expected the name of a query parameter",
        "LoadBalancer: {Policy: maglev, HashPolicies: [{Field: header, FieldValue: a, SourceIP: true}]}|Field: had a field together with SourceIP",
        "LoadBalancer: {Policy: maglev, HashPolicies: [{Field: header, FieldValue: a, CookieConfig: {}}]}|CookieConfig: had a cookie's settings with the field \"header\"",
        "LoadBalancer: {Policy: maglev, HashPolicies: [{Field: cookie, FieldValue: a, CookieConfig: {Session: true, TTL: 1s}}]}|TTL: had a lifetime of a session cookie",
        "LoadBalancer: {Policy: maglev, HashPolicies: [{Field: cookie, FieldValue: a, CookieConfig: {Path: 'a;b'}}]}|Path: had \"a;b\", expected a cookie's path",
      })
  void serviceResolver(String text, String expected) {
    assertThat(refused(kv("service-resolver", "user", text))).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Splits: []|Splits: had nothing, expected at least one split",
        "Splits: [{Weight: 99.99}]|Splits: had weights that sum to 99.99, expected a sum of 100",
        "Splits: [{Weight: 101}]|Splits[0].Weight: had 101.0, expected a number from 0 to 100",
        "Splits: [{Weight: -1}, {Weight: 101}]|Splits[0].Weight: had -1.0",
        "Splits: [{Weight: .nan}]|Splits[0].Weight: had \".nan\", expected a number",
        "Splits: [{Weight: 50}, {Weight: 50, Service: user}]|Splits[1]: had the service user with the subset \"\", expected each once",
        "Splits: [{Weight: 100, RequestHeaders: {Set: {host: x}}}]|RequestHeaders.Set[\"host\"]: had \"host\", expected another header",
        "Splits: [{Weight: 100, RequestHeaders: {Set: {':path': x}}}]|host and pseudo-headers cannot be changed",
        "Splits: [{Weight: 100, RequestHeaders: {Set: {'a b': x}}}]|expected the name of a header",
        "Splits: [{Weight: 100, RequestHeaders: {Set: {a: \"b\\nc\"}}}]|had \"b\\u000ac\", expected a header's value",
        "Splits: [{Weight: 100, RequestHeaders: {Set: {a: 100%}}}]|had \"100%\", expected one of Envoy's substitutions",
        "Splits: [{Weight: 100, RequestHeaders: {Set: {a: '%ENVIRONMENT(HOME)%'}}}]|expected one of Envoy's substitutions",
        "Splits: [{Weight: 100, RequestHeaders: {Set: {a: x, A: y}}}]|expected every header once",
        "Splits: [{Weight: 100, ResponseHeaders: {Remove: ['']}}]|ResponseHeaders.Remove[0]: had \"\"",
      })
  void serviceSplitter(String text, String expected) {
    assertThat(refused(kv("service-splitter", "user", text))).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Match: {HTTP: {PathExact: a}}|Match.HTTP.PathExact: had \"a\", expected a path that starts with /",
        "Match: {HTTP: {PathPrefix: '/a b'}}|PathPrefix: had \"/a b\", expected a path without blanks",
        "Match: {HTTP: {PathRegex: '(?=a)'}}|PathRegex: had \"(?=a)\", expected an RE2 regular expression: ",
        "Match: {HTTP: {PathExact: /a, PathRegex: a}}|Match.HTTP: had 2 paths, expected at most one",
        "Match: {HTTP: {Header: [{Exact: a}]}}|Header[0].Name: had \"\", expected the name of a header",
        "Match: {HTTP: {Header: [{Name: a}]}}|Header[0]: had 0 of them, expected exactly one of Present",
        "Match: {HTTP: {Header: [{Name: a, Exact: b, Prefix: c}]}}|Header[0]: had 2 of them",
        "Match: {HTTP: {Header: [{Name: a, Regex: '['}]}}|Header[0].Regex: had \"[\", expected an RE2",
        "Match: {HTTP: {QueryParam: [{Name: a}]}}|QueryParam[0]: had 0 of them, expected exactly one of Present, Exact, Regex",
        "Match: {HTTP: {QueryParam: [{Exact: a}]}}|QueryParam[0].Name: had \"\"",
        "Match: {HTTP: {Methods: [GETT]}}|Methods[0]: had \"GETT\", expected one of GET, HEAD",
        "Destination: {PrefixRewrite: /}|Destination.PrefixRewrite: had \"/\", expected it together with PathExact",
        "{Match: {HTTP: {PathPrefix: /a}}, Destination: {PrefixRewrite: a}}|PrefixRewrite: had \"a\", expected a path that starts with /",
        "Destination: {Service: 'a b'}|Destination.Service: had \"a b\"",
        "Destination: {RetryOn: [5xy]}|RetryOn[0]: had \"5xy\", expected one of 5xx, gateway-error",
        "Destination: {RetryOnStatusCodes: [600]}|RetryOnStatusCodes[0]: had 600, expected a whole number from 100 to 599",
        "Destination: {RetryOnStatusCodes: [99]}|RetryOnStatusCodes[0]: had 99",
      })
  void serviceRouter(String route, String expected) {
    assertThat(refused(kv("service-router", "user", "Routes:\n- " + route)))
        .startsWith("convoy/service-router/user:2: Routes[0].")
        .contains(expected);
  }

  @Test
  void serviceRouterWarnsOfWhatNeverMatches() {
    warned(
        kv("service-router", "user", "Routes: [{Match: {HTTP: {PathExact: '/a?b'}}}]"),
        "convoy/service-router/user:1: Routes[0].Match.HTTP.PathExact: never matches: a request is"
            + " matched by its path without the query");
    warned(
        kv(
            "service-router",
            "user",
            "Routes: [{Match: {HTTP: {PathRegex: a, CaseInsensitive: true}}}]"),
        "convoy/service-router/user:1: Routes[0].Match.HTTP.CaseInsensitive: has no effect on"
            + " PathRegex: write (?i) into it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|Listeners: had nothing, expected at least one listener",
        "[{Name: Web, Port: 80, Protocol: http}]|Listeners[0].Name: had \"Web\", expected lower-case",
        "[{Port: 80, Protocol: http}]|Listeners[0].Name: had \"\"",
        "[{Name: a, Protocol: http}]|Listeners[0].Port: had 0, expected a whole number from 1 to 65535",
        "[{Name: a, Port: 65536, Protocol: http}]|Listeners[0].Port: had 65536",
        "[{Name: a, Port: 80}]|Listeners[0].Protocol: had \"\", expected one of http, tcp",
        "[{Name: a, Port: 80, Protocol: https}]|had \"https\", expected one of http, tcp; did you mean \"http\"?",
        "[{Name: a, Port: 80, Protocol: tcp, Hostname: a.b}]|Hostname: had \"a.b\", expected none",
        "[{Name: a, Port: 80, Protocol: http, Hostname: 'a.*'}]|Hostname: had \"a.*\", expected a host name",
        "[{Name: a, Port: 80, Protocol: http}, {Name: a, Port: 81, Protocol: http}]|Listeners[1].Name: had \"a\", expected every name once",
        "[{Name: a, Port: 80, Protocol: http}, {Name: b, Port: 80, Protocol: http}]|Listeners[1].Port: had 80, which is the listener a's",
        "[{Name: a, Port: 80, Protocol: http, Override: {JWT: {Providers: [{Name: okta}]}}}]|Override: had a mapping, expected nothing: write a security-policy",
      })
  void apiGateway(String listeners, String expected) {
    assertThat(refused(kv("api-gateway", "edge", "Listeners: " + listeners))).contains(expected);
  }

  @Test
  void apiGatewayLeavesOutWhatShouldBeEncrypted() {
    var gateway =
        (ApiGateway)
            warned(
                kv(
                    "api-gateway",
                    "edge",
                    "Listeners: [{Name: a, Port: 443, Protocol: http, TLS: {Certificates: [{Name: c}]}}]"),
                "convoy/api-gateway/edge:1: Listeners[0].TLS: leaves the listener out: Convoy does"
                    + " not terminate TLS at the edge yet");
    assertThat(gateway.listeners()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Parents: [{Kind: ingress, Name: a}]|Parents[0].Kind: had \"ingress\", expected \"api-gateway\"",
        "Parents: [{}]|Parents[0].Name: had \"\"",
        "Parents: [{Name: a}, {Kind: api-gateway, Name: a}]|Parents[1]: had \"a\", expected every parent once",
        "Hostnames: ['shop.test:80']|Hostnames[0]: had \"shop.test:80\", expected a host name",
        "Hostnames: [a..b]|Hostnames[0]: had \"a..b\"",
        "Hostnames: ['']|Hostnames[0]: had \"\"",
        "Hostnames: ['*a.b']|Hostnames[0]: had \"*a.b\"",
        "Rules: [{Matches: [{Path: {Match: prefx, Value: /}}]}]|Rules[0].Matches[0].Path.Match: had \"prefx\", expected one of exact, prefix, regex",
        "Rules: [{Matches: [{Path: {Value: /a}}]}]|Path.Match: had \"\", expected one of exact",
        "Rules: [{Matches: [{Path: {Match: exact, Value: a}}]}]|Path.Value: had \"a\", expected a path",
        "Rules: [{Matches: [{Path: {Match: regex}}]}]|Path.Value: had \"\", expected a regular expression",
        "Rules: [{Matches: [{Method: FOO}]}]|Matches[0].Method: had \"FOO\"",
        "Rules: [{Matches: [{Headers: [{Match: contains, Name: a, Value: b}]}]}]|Headers[0].Match: had \"contains\"",
        "Rules: [{Matches: [{Headers: [{Match: exact, Value: b}]}]}]|Headers[0].Name: had \"\"",
        "Rules: [{Matches: [{Headers: [{Match: prefix, Name: a}]}]}]|Headers[0].Value: had \"\", expected a value",
        "Rules: [{Matches: [{Query: [{Match: prefix, Name: a, Value: b}]}]}]|Query[0].Match: had \"prefix\", expected one of exact, regex, present",
        "Rules: [{Filters: {URLRewrite: {Path: a}}}]|Filters.URLRewrite.Path: had \"a\"",
        "Rules: [{Filters: {RetryFilter: {RetryOn: [x]}}}]|Filters.RetryFilter.RetryOn[0]: had \"x\"",
        "Rules: [{Filters: {Headers: [{Set: {a: b}}, {Set: {Host: b}}]}}]|Filters.Headers[1].Set[\"Host\"]",
        "Rules: [{Services: [{}]}]|Services[0].Name: had \"\"",
        "Rules: [{Services: [{Name: a, Weight: 2147483647}, {Name: b, Weight: 2147483647}, {Name: c, Weight: 2}]}]|Services: had weights that sum to 4294967296",
        "Rules: [{Services: [{Name: a, Filters: {URLRewrite: {Path: x}}}]}]|Services[0].Filters.URLRewrite.Path",
        "Rules: [{Services: [{Name: a, Filters: {JWT: {Providers: [a]}}}]}]|Services[0].Filters.JWT: had a mapping, expected nothing",
      })
  void httpRoute(String text, String expected) {
    assertThat(refused(kv("http-route", "shop", text))).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|TargetRefs: had nothing, expected at least one target",
        "TargetRefs: [{Name: a}]|TargetRefs[0].Kind: had \"\", expected \"api-gateway\"",
        "TargetRefs: [{Kind: service, Name: a}]|TargetRefs[0].Kind: had \"service\"",
        "TargetRefs: [{Kind: api-gateway}]|TargetRefs[0].Name: had \"\"",
        "TargetRefs: [{Kind: api-gateway, Name: a}, {Kind: api-gateway, Name: a}]|TargetRefs[1]: had a target once more, expected every target once",
        "TargetRefs: [{Kind: api-gateway, Name: a, Rule: 1}]|TargetRefs[0].Rule: had 1, expected it with Kind: http-route only",
      })
  void clientTrafficPolicyTargets(String text, String expected) {
    assertThat(refused(kv("client-traffic-policy", "edge", text))).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{NumTrustedHops: 101}|NumTrustedHops: had 101, expected a whole number from 0 to 100",
        "{NumTrustedHops: 1, TrustedCIDRs: [10.0.0.0/8]}|XForwardedFor: had both NumTrustedHops and",
        "{TrustedCIDRs: [10.0.0.0/33]}|TrustedCIDRs[0]: had \"10.0.0.0/33\", expected an address range",
        "{TrustedCIDRs: ['::/129']}|TrustedCIDRs[0]",
        "{TrustedCIDRs: [localhost]}|TrustedCIDRs[0]: had \"localhost\"",
        "{TrustedCIDRs: [10.0.0.0/]}|TrustedCIDRs[0]",
        "{TrustedCIDRs: ['']}|TrustedCIDRs[0]",
      })
  void clientTrafficPolicyDetection(String header, String expected) {
    String text =
        "{TargetRefs: [{Kind: api-gateway, Name: a}], ClientIPDetection: {XForwardedFor: %s}}"
            .formatted(header);
    assertThat(refused(kv("client-traffic-policy", "edge", text))).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ClientIPDetection: {XForwardedFor: {}, CustomHeader: {Name: a}}|ClientIPDetection: had both XForwardedFor and CustomHeader",
        "ClientIPDetection: {CustomHeader: {}}|CustomHeader.Name: had \"\", expected the name of a header",
        "ClientIPDetection: {CustomHeader: {Name: ':path'}}|CustomHeader.Name: had \":path\", expected another header",
        "ClientIPDetection: {CustomHeader: {Name: X-Forwarded-For}}|CustomHeader.Name: had \"X-Forwarded-For\"",
        "Path: {EscapedSlashesAction: Reject}|Path.EscapedSlashesAction: had \"Reject\", expected one of KeepUnchanged, RejectRequest, UnescapeAndRedirect, UnescapeAndForward",
        "Headers: {MaxSizeKiB: 0}|Headers.MaxSizeKiB: had 0, expected a whole number from 1 to 8192",
        "Headers: {MaxSizeKiB: 8193}|Headers.MaxSizeKiB: had 8193",
        "Headers: {MaxCount: 0}|Headers.MaxCount: had 0, expected a whole number from 1 to 10000",
        "Headers: {UnderscoresAction: drop}|Headers.UnderscoresAction: had \"drop\", expected one of Allow, DropHeader, RejectRequest",
        "Timeouts: {RequestHeaders: soon}|Timeouts.RequestHeaders: had \"soon\", expected a duration",
        "Connections: {Max: 0}|Connections.Max: had 0, expected 1 or more",
        "Connections: {CloseDelay: 1s}|Connections.CloseDelay: had a duration without Max, expected it with Max only",
        "Connections: {MaxRequests: 0}|Connections.MaxRequests: had 0",
        "Connections: {BufferLimitKiB: 1048577}|Connections.BufferLimitKiB: had 1048577",
        "HTTP1: {HTTP10: {DefaultHost: a b}}|HTTP1.HTTP10.DefaultHost: had \"a b\", expected a host such as shop.test",
        "HTTP2: {MaxConcurrentStreams: 0}|HTTP2.MaxConcurrentStreams: had 0",
        "HTTP2: {InitialStreamWindowSize: 65534}|HTTP2.InitialStreamWindowSize: had 65534, expected a whole number from 65535 to 2147483647",
        "HTTP2: {InitialConnectionWindowSize: 1}|HTTP2.InitialConnectionWindowSize: had 1",
      })
  void clientTrafficPolicy(String text, String expected) {
    String whole = "{TargetRefs: [{Kind: api-gateway, Name: a}], %s}".formatted(text);
    assertThat(refused(kv("client-traffic-policy", "edge", whole))).contains(expected);
  }
}
