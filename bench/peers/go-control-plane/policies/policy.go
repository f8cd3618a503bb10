package main

import (
	"bytes"
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"
)

// policy is a document, YAML or JSON, as far as the benchmark's documents go.
type policy struct {
	Kind       string `yaml:"Kind"`
	Name       string `yaml:"Name"`
	TargetRefs []struct {
		Kind string `yaml:"Kind"`
		Name string `yaml:"Name"`
	} `yaml:"TargetRefs"`
	RateLimit struct {
		Local struct {
			Body  string `yaml:"Body"`
			Rules []rule `yaml:"Rules"`
		} `yaml:"Local"`
	} `yaml:"RateLimit"`
}

type rule struct {
	Limit struct {
		Requests uint32 `yaml:"Requests"`
		Unit     string `yaml:"Unit"`
		Burst    uint32 `yaml:"Burst"`
	} `yaml:"Limit"`
	Selectors []struct {
		JWTProvider string `yaml:"JWTProvider"`
		Header      *struct {
			Name  string `yaml:"Name"`
			Value string `yaml:"Value"`
		} `yaml:"Header"`
	} `yaml:"Selectors"`
}

var seconds = map[string]int64{"Second": 1, "Minute": 60, "Hour": 3600, "Day": 86400}

func parse(text []byte) (*policy, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	p := &policy{}
	if err := decoder.Decode(p); err != nil {
		return nil, err
	}
	if p.Kind != "backend-traffic-policy" || p.Name == "" || len(p.TargetRefs) == 0 {
		return nil, errors.New("not a backend-traffic-policy with a Name and TargetRefs")
	}
	for i := range p.RateLimit.Local.Rules {
		limit := &p.RateLimit.Local.Rules[i].Limit
		if seconds[limit.Unit] == 0 || limit.Requests == 0 {
			return nil, fmt.Errorf("RateLimit.Local.Rules[%d].Limit: had %d in a %q", i, limit.Requests, limit.Unit)
		}
		if limit.Burst == 0 {
			limit.Burst = limit.Requests
		}
	}
	return p, nil
}
