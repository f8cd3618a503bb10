package io.convoy.snapshot;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** For Java's flight recorder: a document was parsed. */
@Name("convoy.Read")
@Label("Document Read")
@Category("Convoy")
@StackTrace(false)
final class ReadEvent extends Event {
  @Label("Document")
  String document = "";

  @Label("ModifyIndex")
  long modifyIndex;
}
