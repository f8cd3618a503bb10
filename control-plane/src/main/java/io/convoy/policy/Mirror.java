package io.convoy.policy;

/**
 * Sends a copy of requests to another service.
 *
 * @param subset empty for the service's default one
 * @param percentage 0 to 100
 */
public record Mirror(String service, String subset, double percentage) {}
