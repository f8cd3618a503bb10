package io.convoy.xds;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** For Java's flight recorder: from a response's way to gRPC until the client's answer. */
@Name("convoy.Sent")
@Label("Response Sent")
@Category("Convoy")
@StackTrace(false)
final class SentEvent extends Event {
  @Label("Node")
  String node = "";

  @Label("Type")
  String type = "";

  @Label("Documents")
  @Description("That shaped its resources, as KIND/NAME, with commas between")
  String documents = "";
}
