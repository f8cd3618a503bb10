package io.convoy.policy;

import io.convoy.config.v1.ProxyDefaultsProto;

/** {@code proxy-defaults}. */
final class ProxyDefaultsConverter {
  private ProxyDefaultsConverter() {}

  static Document convert(DocumentId id, ProxyDefaultsProto.ProxyDefaults message, At at) {
    at.field("Name")
        .require(id.equals(ProxyDefaults.ID), Value.quoted(id.name()), "expected \"global\"");
    ProxyDefaultsProto.ProxyConfig config = message.getConfig();
    At configAt = at.field("Config");
    return new ProxyDefaults(
        id,
        ServiceDefaultsConverter.protocol(configAt.field("protocol"), config.getProtocol()),
        ServiceDefaultsConverter.millis(config.getLocalConnectTimeoutMs()),
        ServiceDefaultsConverter.requestTimeout(
            at, config.hasLocalRequestTimeoutMs(), config.getLocalRequestTimeoutMs()),
        Optionals.aboveZero(config.getMaxInboundConnections()),
        ServiceDefaultsConverter.mutualTls(at.field("MutualTLSMode"), message.getMutualTlsMode()));
  }
}
