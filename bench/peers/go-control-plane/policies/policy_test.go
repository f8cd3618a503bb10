package main

import (
	"strings"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	local "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/local_ratelimit/v3"
)

const document = `
Kind: backend-traffic-policy
Name: s0-p1
TargetRefs: [{Kind: service, Name: s0}]
RateLimit:
  Local:
    Body: bench-00001-000000007
    Rules: [{Limit: {Requests: 1000000, Unit: Second}, Selectors: [{JWTProvider: p1}]}]
`

func TestADocumentBecomesALimit(t *testing.T) {
	p, err := parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	extension := limit(3, p).(*core.TypedExtensionConfig)
	filter := &local.LocalRateLimit{}
	if err := extension.GetTypedConfig().UnmarshalTo(filter); err != nil {
		t.Fatal(err)
	}
	if extension.GetName() != "provider-limit-0/3" || filter.GetStatPrefix() != "backend-traffic-policy/s0-p1" {
		t.Errorf("%s %s", extension.GetName(), filter.GetStatPrefix())
	}
	if body := filter.GetResponseHeadersToAdd()[0].GetHeader().GetValue(); body != "bench-00001-000000007" {
		t.Errorf("%s", body)
	}
	if bucket := filter.GetDescriptors()[0].GetTokenBucket(); bucket.GetMaxTokens() != 1_000_000 {
		t.Errorf("%v", bucket)
	}
}

func TestWhatIsWrongIsRefused(t *testing.T) {
	for _, text := range []string{
		strings.Replace(document, "Unit: Second", "Unit: Fortnight", 1),
		strings.Replace(document, "Requests: 1000000", "Request: 1", 1),
		strings.Replace(document, "Name: s0-p1", "", 1),
		"[",
	} {
		if _, err := parse([]byte(text)); err == nil {
			t.Errorf("taken: %s", text)
		}
	}
}
