package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func TestTokensAndLimits(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	defer backend.Close()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	at, _ := url.Parse(backend.URL)
	port, _ := strconv.Atoi(at.Port())
	var c configuration
	text := fmt.Sprintf(
		`{"Backend": %d, "Services": 1, "PerSecond": 1, "Providers": [{"Issuer": "https://a.test", "Keys": {"keys": [{"kid": "a", "n": %q, "e": %q}]}}]}`,
		port,
		base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()))
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	handler, err := gateway(c)
	if err != nil {
		t.Fatal(err)
	}
	gateway := httptest.NewServer(handler)
	defer gateway.Close()

	token := func(issuer string, lifetime time.Duration, signer *rsa.PrivateKey) string {
		token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{
			Issuer: issuer, Subject: "alice", ExpiresAt: jwt.NewNumericDate(time.Now().Add(lifetime))})
		token.Header["kid"] = "a"
		signed, err := token.SignedString(signer)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	stranger, _ := rsa.GenerateKey(rand.Reader, 2048)
	good := token("https://a.test", time.Hour, key)
	for _, one := range []struct {
		what, path, token string
		want              int
	}{
		{"none", "/s0/x", "", 401},
		{"expired", "/s0/x", token("https://a.test", -time.Hour, key), 401},
		{"another issuer", "/s0/x", token("https://b.test", time.Hour, key), 401},
		{"another key", "/s0/x", token("https://a.test", time.Hour, stranger), 401},
		{"good", "/s0/x", good, 200},
		{"beyond the limit", "/s0/x", good, 429},
	} {
		request, _ := http.NewRequest("GET", gateway.URL+one.path, nil)
		if one.token != "" {
			request.Header.Set("Authorization", "Bearer "+one.token)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != one.want {
			t.Errorf("%s: %d, expected %d", one.what, response.StatusCode, one.want)
		}
	}
}
