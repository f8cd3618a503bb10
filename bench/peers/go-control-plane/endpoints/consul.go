package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// consul asks an agent. Where it does not answer, methods try again until it does.
type consul struct {
	address string
	http    *http.Client
}

type instance struct {
	Node    struct{ Address string }
	Service struct {
		Address string
		Port    uint32
	}
	Checks []struct{ Status string }
}

func newConsul(address string) *consul {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = queries + parallel + 2
	return &consul{address: address, http: &http.Client{Transport: transport}}
}

// services returns all names when they, or what they are registered with, are newer than index.
func (c *consul) services(index uint64) ([]string, uint64) {
	var byName map[string][]string
	next := c.get("/v1/catalog/services", index, true, &byName)
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	return names, next
}

// checks returns when any check has changed.
func (c *consul) checks(index uint64) uint64 {
	return c.get("/v1/health/state/any", index, true, nil)
}

// instances are nil where the index is still what it was. wait: until it is not.
func (c *consul) instances(name string, index uint64, wait bool) ([]instance, uint64) {
	var all []instance
	next := c.get("/v1/health/service/"+url.PathEscape(name), index, wait, &all)
	return all, next
}

func (c *consul) get(path string, index uint64, wait bool, into any) uint64 {
	for {
		next, err := c.try(path, index, wait, into)
		if err == nil {
			return next
		}
		log.Printf("%s: %v", path, err)
		time.Sleep(time.Second)
		index = 0
	}
}

func (c *consul) try(path string, index uint64, wait bool, into any) (uint64, error) {
	if wait {
		path += fmt.Sprintf("?index=%d&wait=5m", index)
	}
	response, err := c.http.Get(c.address + path)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("the agent answers %s", response.Status)
	}
	next, err := strconv.ParseUint(response.Header.Get("X-Consul-Index"), 10, 64)
	if err != nil {
		return 0, err
	}
	if next == index || into == nil {
		_, err = io.Copy(io.Discard, response.Body)
		return next, err
	}
	return next, json.NewDecoder(response.Body).Decode(into)
}
