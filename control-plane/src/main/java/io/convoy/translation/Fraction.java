package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import java.math.BigInteger;
import java.util.List;

/** An exact share of a whole: weights of splits in splits are products. Not negative. */
record Fraction(BigInteger numerator, BigInteger denominator) {
  static final Fraction ONE = of(1, 1);

  /** The largest sum of weights that Envoy takes (an unsigned 32-bit number), halved for safety. */
  private static final BigInteger MAX_SUM = BigInteger.ONE.shiftLeft(31);

  static Fraction of(long numerator, long denominator) {
    return new Fraction(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator));
  }

  Fraction times(Fraction other) {
    return new Fraction(
        numerator.multiply(other.numerator), denominator.multiply(other.denominator));
  }

  /**
   * The smallest whole numbers in the proportions of {@code fractions}; rounded where their sum
   * would be more than Envoy takes, but never to zero.
   */
  static ImmutableList<Integer> weights(List<Fraction> fractions) {
    BigInteger common =
        fractions.stream().map(Fraction::denominator).reduce(BigInteger.ONE, Fraction::multiple);
    List<BigInteger> whole =
        fractions.stream()
            .map(part -> part.numerator.multiply(common).divide(part.denominator))
            .toList();
    BigInteger divisor = whole.stream().reduce(BigInteger.ZERO, BigInteger::gcd);
    BigInteger sum = whole.stream().reduce(BigInteger.ZERO, BigInteger::add).divide(divisor);
    BigInteger scale = sum.divide(MAX_SUM).add(BigInteger.ONE).multiply(divisor);
    return whole.stream()
        .map(weight -> weight.divide(scale).max(BigInteger.ONE).intValueExact())
        .collect(ImmutableList.toImmutableList());
  }

  private static BigInteger multiple(BigInteger a, BigInteger b) {
    return a.multiply(b).divide(a.gcd(b));
  }
}
