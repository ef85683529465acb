package org.jxapi.iscsi;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.program.Program;

/** The program iscsiadm(8), and the folders in which it keeps its records. */
public interface Iscsiadm {
    /** A target that does not answer ends a login after this time. */
    Duration LIMIT = Duration.ofSeconds(60);

    /** Runs it, however it ends; an IOException when it cannot run or does not end. */
    Program.Result run(List<String> arguments) throws IOException;

    /** The folders that may hold its records: {@code nodes} and {@code send_targets} are in one of them. */
    List<Path> folders();

    /** The program of this host. */
    static Iscsiadm ofThisHost() {
        return new Iscsiadm() {
            @Override
            public Program.Result run(List<String> arguments) throws IOException {
                List<String> command = new ArrayList<>(List.of("iscsiadm"));
                command.addAll(arguments);
                return Program.of(command).within(LIMIT).result();
            }

            @Override
            public List<Path> folders() {
                return List.of(Path.of("/etc/iscsi"), Path.of("/var/lib/iscsi"));
            }
        };
    }
}
