package io.convoy.policy;

/**
 * A valid document. The permitted types are the list of kinds that Convoy knows; a switch over them
 * has no default branch, so a new kind does not compile until every place handles it.
 */
public sealed interface Document
    permits ProxyDefaults,
        ServiceDefaults,
        ServiceResolver,
        ServiceSplitter,
        ServiceRouter,
        ServiceIntentions,
        TerminatingGateway,
        ApiGateway,
        HttpRoute,
        ClientTrafficPolicy,
        JwtProvider,
        SecurityPolicy,
        BackendTrafficPolicy {

  DocumentId id();
}
