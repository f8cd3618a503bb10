// A gRPC client without a proxy: asks the service named by its argument for its health, ten times a
// second for at most a minute, and prints a line for each answer: the instance that gave it, or the error.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	_ "google.golang.org/grpc/xds"
)

func main() {
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	defer connection.Close()
	client := grpc_health_v1.NewHealthClient(connection)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		fmt.Println(ask(client))
	}
}

func ask(client grpc_health_v1.HealthClient) string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var header metadata.MD
	_, err := client.Check(ctx, &grpc_health_v1.HealthCheckRequest{}, grpc.Header(&header))
	if err != nil {
		return fmt.Sprint("error ", err)
	}
	return fmt.Sprint("instance ", header.Get("x-instance"))
}
