package io.convoy.policy;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.EllipticCurve;

/** NIST's curves. */
final class EllipticCurves {
  private EllipticCurves() {}

  /** Whether the point is on the curve, whose name is JSON Web Key's, such as {@code P-256}. */
  static boolean holds(String name, byte[] x, byte[] y) {
    EllipticCurve curve = curve("secp" + name.substring(2) + "r1");
    BigInteger p = ((ECFieldFp) curve.getField()).getP();
    var px = new BigInteger(1, x);
    var py = new BigInteger(1, y);
    BigInteger right = px.pow(3).add(curve.getA().multiply(px)).add(curve.getB());
    return px.compareTo(p) < 0
        && py.compareTo(p) < 0
        && py.pow(2).subtract(right).mod(p).signum() == 0;
  }

  private static EllipticCurve curve(String name) {
    try {
      var parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(name));
      return parameters.getParameterSpec(ECParameterSpec.class).getCurve();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks the curve " + name, e);
    }
  }
}
