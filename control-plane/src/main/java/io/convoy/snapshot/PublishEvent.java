package io.convoy.snapshot;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** For Java's flight recorder: everything was translated and handed to the streams. */
@Name("convoy.Publish")
@Label("Publish")
@Category("Convoy")
@StackTrace(false)
final class PublishEvent extends Event {
  @Label("Changed Documents")
  int documents;

  @Label("Queued Events")
  @Description("What the writer was told meanwhile")
  int queued;
}
