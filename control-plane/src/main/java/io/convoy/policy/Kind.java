package io.convoy.policy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.protobuf.Message;
import io.convoy.config.v1.ApiGatewayProto;
import io.convoy.config.v1.BackendTrafficPolicyProto;
import io.convoy.config.v1.ClientTrafficPolicyProto;
import io.convoy.config.v1.HttpRouteProto;
import io.convoy.config.v1.JwtProviderProto;
import io.convoy.config.v1.ProxyDefaultsProto;
import io.convoy.config.v1.SecurityPolicyProto;
import io.convoy.config.v1.ServiceDefaultsProto;
import io.convoy.config.v1.ServiceIntentionsProto;
import io.convoy.config.v1.ServiceResolverProto;
import io.convoy.config.v1.ServiceRouterProto;
import io.convoy.config.v1.ServiceSplitterProto;
import io.convoy.config.v1.TerminatingGatewayProto;
import java.util.List;

/**
 * A kind of document: its message in {@code proto/}, and how that becomes a {@link Document}.
 *
 * @param consul whether Consul knows the kind, so that it is read from config entries, too
 */
record Kind<M extends Message>(String name, boolean consul, M prototype, Converter<M> converter) {

  /** Makes a valid document of a message, or throws a {@link Refusal}. */
  interface Converter<M> {
    Document convert(DocumentId id, M message, At at);
  }

  /** By name. A new kind is a line here. */
  static final ImmutableMap<String, Kind<?>> ALL =
      Maps.uniqueIndex(
          List.of(
              consul(
                  "proxy-defaults",
                  ProxyDefaultsProto.ProxyDefaults.getDefaultInstance(),
                  ProxyDefaultsConverter::convert),
              consul(
                  "service-defaults",
                  ServiceDefaultsProto.ServiceDefaults.getDefaultInstance(),
                  ServiceDefaultsConverter::convert),
              consul(
                  "service-resolver",
                  ServiceResolverProto.ServiceResolver.getDefaultInstance(),
                  ServiceResolverConverter::convert),
              consul(
                  "service-splitter",
                  ServiceSplitterProto.ServiceSplitter.getDefaultInstance(),
                  ServiceSplitterConverter::convert),
              consul(
                  "service-router",
                  ServiceRouterProto.ServiceRouter.getDefaultInstance(),
                  ServiceRouterConverter::convert),
              consul(
                  ServiceIntentions.KIND,
                  ServiceIntentionsProto.ServiceIntentions.getDefaultInstance(),
                  ServiceIntentionsConverter::convert),
              consul(
                  TerminatingGateway.KIND,
                  TerminatingGatewayProto.TerminatingGateway.getDefaultInstance(),
                  TerminatingGatewayConverter::convert),
              consul(
                  "api-gateway",
                  ApiGatewayProto.ApiGateway.getDefaultInstance(),
                  ApiGatewayConverter::convert),
              consul(
                  "http-route",
                  HttpRouteProto.HttpRoute.getDefaultInstance(),
                  HttpRouteConverter::convert),
              convoy(
                  "client-traffic-policy",
                  ClientTrafficPolicyProto.ClientTrafficPolicy.getDefaultInstance(),
                  ClientTrafficPolicyConverter::convert),
              consul(
                  "jwt-provider",
                  JwtProviderProto.JwtProvider.getDefaultInstance(),
                  JwtProviderConverter::convert),
              convoy(
                  "security-policy",
                  SecurityPolicyProto.SecurityPolicy.getDefaultInstance(),
                  SecurityPolicyConverter::convert),
              convoy(
                  "backend-traffic-policy",
                  BackendTrafficPolicyProto.BackendTrafficPolicy.getDefaultInstance(),
                  BackendTrafficPolicyConverter::convert)),
          Kind::name);

  private static <M extends Message> Kind<M> consul(
      String name, M prototype, Converter<M> converter) {
    return new Kind<>(name, true, prototype, converter);
  }

  private static <M extends Message> Kind<M> convoy(
      String name, M prototype, Converter<M> converter) {
    return new Kind<>(name, false, prototype, converter);
  }
}
