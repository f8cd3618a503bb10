package io.convoy.catalog;

/**
 * Where an instance runs, in Envoy's terms.
 *
 * @param region a cloud region or data centre; empty when unknown
 * @param zone a zone within the region; empty when unknown
 */
public record Locality(String region, String zone) implements Comparable<Locality> {
  public static final Locality UNKNOWN = new Locality("", "");

  @Override
  public int compareTo(Locality other) {
    int byRegion = region.compareTo(other.region);
    return byRegion != 0 ? byRegion : zone.compareTo(other.zone);
  }
}
