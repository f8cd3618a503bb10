package io.convoy.registry.consul;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** For Java's flight recorder: Consul answered a blocking query. */
@Name("convoy.Answered")
@Label("Query Answered")
@Category("Convoy")
@Description("From the question until what the answer says is reported")
@StackTrace(false)
final class AnsweredEvent extends Event {
  @Label("Query")
  String query = "";

  @Label("Index")
  long index;
}
