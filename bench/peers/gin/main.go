// A gateway as one writes it in Go: gin before httputil.ReverseProxy, tokens of some providers checked by golang-jwt,
// and a token bucket for each user. What Envoy does where Convoy configures it is measured beside it.
package main

import (
	"bufio"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/time/rate"
)

// configuration is what -config names, as JSON.
type configuration struct {
	Port      int
	Backend   int // where every service is, on loopback
	Services  int // s0, s1 and so on, each at /NAME/
	PerSecond int // requests of one user
	Providers []struct {
		Issuer string
		Keys   struct {
			Keys []struct{ Kid, N, E string }
		}
	}
}

func main() {
	file := flag.String("config", "", "a JSON file")
	flag.Parse()
	text, err := os.ReadFile(*file)
	if err != nil {
		log.Fatal(err)
	}
	var c configuration
	if err := json.Unmarshal(text, &c); err != nil {
		log.Fatal(err)
	}
	handler, err := gateway(c)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", c.Port), handler))
}

func gateway(c configuration) (http.Handler, error) {
	keys, err := publicKeys(c)
	if err != nil {
		return nil, err
	}
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.Use(gin.Recovery(), logged(), authenticated(keys), limited(rate.Limit(c.PerSecond), c.PerSecond))
	proxy := proxyTo(c.Backend)
	for i := range c.Services {
		router.Any(fmt.Sprintf("/s%d/*path", i), func(request *gin.Context) {
			proxy.ServeHTTP(request.Writer, request.Request)
		})
	}
	return router, nil
}

// publicKeys has those of each issuer, by their ids.
func publicKeys(c configuration) (map[string]map[string]*rsa.PublicKey, error) {
	keys := map[string]map[string]*rsa.PublicKey{}
	for _, provider := range c.Providers {
		keys[provider.Issuer] = map[string]*rsa.PublicKey{}
		for _, key := range provider.Keys.Keys {
			n, err := base64.RawURLEncoding.DecodeString(key.N)
			if err != nil {
				return nil, err
			}
			e, err := base64.RawURLEncoding.DecodeString(key.E)
			if err != nil {
				return nil, err
			}
			keys[provider.Issuer][key.Kid] = &rsa.PublicKey{
				N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		}
	}
	return keys, nil
}

const user = "user"

// logged writes a line of JSON on standard output for each request, as the Envoys do, and as they do from a
// buffer, once a second at least.
func logged() gin.HandlerFunc {
	lines := &buffered{out: bufio.NewWriterSize(os.Stdout, 64<<10)}
	go func() {
		for range time.Tick(time.Second) {
			lines.flush()
		}
	}()
	log := slog.New(slog.NewJSONHandler(lines, nil))
	return func(request *gin.Context) {
		start := time.Now()
		request.Next()
		log.LogAttrs(request, slog.LevelInfo, "request",
			slog.String("method", request.Request.Method),
			slog.String("path", request.Request.URL.Path),
			slog.String("protocol", request.Request.Proto),
			slog.Int("status", request.Writer.Status()),
			slog.Int64("received", request.Request.ContentLength),
			slog.Int("sent", request.Writer.Size()),
			slog.Duration("duration", time.Since(start)),
			slog.String("client", request.Request.RemoteAddr),
			slog.String("host", request.Request.Host),
			slog.String("agent", request.Request.UserAgent()),
			slog.String("user", request.GetString(user)))
	}
}

type buffered struct {
	mu  sync.Mutex
	out *bufio.Writer
}

func (b *buffered) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.Write(line)
}

func (b *buffered) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.out.Flush()
}

// authenticated answers 401 to what has no valid token of a provider.
func authenticated(keys map[string]map[string]*rsa.PublicKey) gin.HandlerFunc {
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired())
	find := func(token *jwt.Token) (any, error) {
		id, _ := token.Header["kid"].(string)
		key := keys[token.Claims.(*jwt.RegisteredClaims).Issuer][id]
		if key == nil {
			return nil, jwt.ErrTokenUnverifiable
		}
		return key, nil
	}
	return func(request *gin.Context) {
		const scheme = "Bearer "
		header := request.GetHeader("Authorization")
		if len(header) < len(scheme) || header[:len(scheme)] != scheme {
			request.AbortWithStatus(http.StatusUnauthorized)
			return
		}
		claims := &jwt.RegisteredClaims{}
		if _, err := parser.ParseWithClaims(header[len(scheme):], claims, find); err != nil {
			request.AbortWithStatus(http.StatusUnauthorized)
			return
		}
		request.Set(user, claims.Issuer+"#"+claims.Subject)
	}
}

// limited answers 429 to a user's requests beyond the limit.
func limited(perSecond rate.Limit, burst int) gin.HandlerFunc {
	var buckets sync.Map
	return func(request *gin.Context) {
		name := request.GetString(user)
		bucket, known := buckets.Load(name)
		if !known {
			bucket, _ = buckets.LoadOrStore(name, rate.NewLimiter(perSecond, burst))
		}
		if !bucket.(*rate.Limiter).Allow() {
			request.AbortWithStatus(http.StatusTooManyRequests)
		}
	}
}

// buffers are used again, as responses are copied.
type buffers struct{ sync.Pool }

func (b *buffers) Get() []byte     { return *b.Pool.Get().(*[]byte) }
func (b *buffers) Put(used []byte) { b.Pool.Put(&used) }

func proxyTo(port int) *httputil.ReverseProxy {
	target := &url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", port)}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns = 0 // no limit
	transport.MaxIdleConnsPerHost = 256
	transport.DisableCompression = true
	return &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) {
			request.SetURL(target)
			request.SetXForwarded()
		},
		Transport:  transport,
		BufferPool: &buffers{sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}},
	}
}
