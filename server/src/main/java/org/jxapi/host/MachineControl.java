package org.jxapi.host;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jxapi.hypervisor.Processes;
import org.jxapi.program.Program;

/** The machine that jxapid runs on, as far as it changes it. */
public interface MachineControl {
    /** Switches it off; returns when that has begun. */
    void powerOff() throws IOException;

    /** Restarts it; returns when that has begun. */
    void restart() throws IOException;

    void setHostname(String name) throws IOException;

    /**
     * Limits the sleep states of the CPUs until the machine restarts.
     *
     * @param limit {@code unlimited}, or the deepest state and its deepest sub-state, if given
     */
    void limitCstates(List<String> limit) throws IOException;

    MachineClock clock();

    MachineLogins logins();

    /** Whether the machine goes down with jxapid in it, when asked to. */
    boolean real();

    /** The machine that runs Xen: changed with its own commands. */
    MachineControl REAL = new MachineControl() {
        private final MachineClock clock = new LinuxClock();

        @Override
        public void powerOff() throws IOException {
            run("/sbin/shutdown", "-h", "now");
        }

        @Override
        public void restart() throws IOException {
            run("/sbin/shutdown", "-r", "now");
        }

        @Override
        public void setHostname(String name) throws IOException {
            run("hostnamectl", "set-hostname", name);
        }

        @Override
        public void limitCstates(List<String> limit) throws IOException {
            List<String> command = new ArrayList<>(List.of("xenpm", "set-max-cstate"));
            command.addAll(limit);
            Program.of(command).run();
        }

        @Override
        public MachineClock clock() {
            return clock;
        }

        @Override
        public MachineLogins logins() {
            return MachineLogins.REAL;
        }

        @Override
        public boolean real() {
            return true;
        }

        private void run(String... command) throws IOException {
            Process process = Processes.start(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD));
            try {
                if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    process.destroyForcibly();
                    throw new IOException(command[0] + " failed");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(command[0] + " was interrupted", e);
            }
        }
    };

    /** The machine of the simulator: nothing outside jxapid changes, whatever is asked. */
    static MachineControl simulated(LocalSettings settings) {
        MachineClock clock = new SimulatedMachineClock(settings);
        return new MachineControl() {
            @Override
            public void powerOff() {
                // The simulated host is off: HostPower shows it.
            }

            @Override
            public void restart() {
                // The simulated host starts again: HostPower shows it.
            }

            @Override
            public void setHostname(String name) {
                settings.put(LocalSettings.HOSTNAME, name);
            }

            @Override
            public void limitCstates(List<String> limit) {
                // Simulated CPUs do not sleep.
            }

            @Override
            public MachineClock clock() {
                return clock;
            }

            @Override
            public MachineLogins logins() {
                return MachineLogins.SIMULATED;
            }

            @Override
            public boolean real() {
                return false;
            }
        };
    }
}
