package io.convoy.cli.local;

import java.nio.file.Path;
import java.util.List;

/** Starts programs: as processes of this machine, or (in tests) in containers. */
public interface Launcher {

  /**
   * Starts a program. Its standard output is appended to {@code NAME.out} and its errors to {@code
   * NAME.err} in the folder given, which the program also sees under the same path.
   *
   * @param folder exists; the program's files are in it
   */
  Child start(Program program, List<String> arguments, Path folder);

  /** Processes of this machine, on the binaries that {@link Tools} finds. */
  static Launcher processes() {
    return (program, arguments, folder) ->
        ChildProcess.start(program.command(), Tools.find(program).toString(), arguments, folder);
  }
}
