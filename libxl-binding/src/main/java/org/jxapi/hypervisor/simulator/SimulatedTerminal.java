package org.jxapi.hypervisor.simulator;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.HypervisorException;

/**
 * The text console of a simulated guest or host: it showed the lines of its boot, asks for a login, and has a shell that knows
 * a few words. A client that connects later gets the earlier output again. Guarded by itself.
 */
final class SimulatedTerminal {
    private static final int REMEMBERED = 16 * 1024;
    private static final String NEW_LINE = "\r\n";

    private enum Mode {
        LOGIN,
        PASSWORD,
        SHELL
    }

    private final String host;
    /** Null for the control domain, which nothing typed here ends. */
    private final @Nullable Guest guest;

    private final StringBuilder shown = new StringBuilder();
    private final StringBuilder line = new StringBuilder();
    private final List<OutputStream> readers = new ArrayList<>();
    private Mode mode = Mode.LOGIN;

    SimulatedTerminal(String name, @Nullable Guest guest) {
        this.host = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]+", "-");
        this.guest = guest;
        print("[    0.000000] Linux version 6.1.0 (simulated) #1 SMP PREEMPT_DYNAMIC");
        print("[    0.000000] Hypervisor detected: Xen (simulated)");
        print("[    0.081233] xen:grant_table: Grant tables using version 1 layout");
        print("[    0.514400] Freeing unused kernel image memory");
        print("");
        print("Debian GNU/Linux 12 " + host + (guest == null ? " pts/0" : " hvc0"));
        print("");
        write(prompt());
    }

    synchronized void connect(OutputStream reader) throws IOException {
        reader.write(shown.toString().getBytes(StandardCharsets.UTF_8));
        reader.flush();
        readers.add(reader);
    }

    synchronized void disconnect(OutputStream reader) {
        readers.remove(reader);
    }

    /** A key was pressed. */
    synchronized void type(int key) {
        if (key == '\r' || key == '\n') {
            write(NEW_LINE);
            String said = line.toString();
            line.setLength(0);
            enter(said.strip());
        } else if (key == 0x7f || key == '\b') {
            if (line.length() > 0) {
                line.setLength(line.length() - 1);
                write(mode == Mode.PASSWORD ? "" : "\b \b");
            }
        } else if (key == 0x04 && line.length() == 0) {
            write(NEW_LINE);
            enter("exit");
        } else if (key >= ' ' && line.length() < 1024) {
            line.append((char) key);
            write(mode == Mode.PASSWORD ? "" : String.valueOf((char) key));
        }
    }

    private void enter(String said) {
        switch (mode) {
            case LOGIN -> mode = said.isEmpty() ? Mode.LOGIN : Mode.PASSWORD;
            case PASSWORD -> mode = Mode.SHELL;
            case SHELL -> command(said);
        }
        write(prompt());
    }

    private void command(String said) {
        String word = said.split(" ", 2)[0];
        switch (word) {
            case "" -> {}
            case "exit", "logout" -> mode = Mode.LOGIN;
            case "echo" -> print(said.length() > 5 ? said.substring(5) : "");
            case "uname" -> print("Linux " + host + " 6.1.0 x86_64 GNU/Linux");
            case "help" -> print(guest == null ? "echo exit help uname" : "echo exit help panic poweroff reboot uname");
            default -> {
                if (guest == null || !ends(word, guest)) {
                    print("-bash: " + word + ": command not found");
                }
            }
        }
    }

    /** Runs the commands that end a guest; false for another one. */
    private boolean ends(String word, Guest of) {
        switch (word) {
            case "poweroff" -> end("reboot: Power down", of::powerOff);
            case "reboot" -> end("reboot: Restarting system", of::reboot);
            case "panic" -> end("Kernel panic - not syncing: sysrq triggered crash", of::crash);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void end(String last, Runnable how) {
        try {
            how.run();
            print(last);
        } catch (HypervisorException e) {
            print(String.valueOf(e.getMessage()));
        }
    }

    private String prompt() {
        return switch (mode) {
            case LOGIN -> host + " login: ";
            case PASSWORD -> "Password: ";
            case SHELL -> "root@" + host + ":~# ";
        };
    }

    private void print(String text) {
        write(text + NEW_LINE);
    }

    private void write(String text) {
        shown.append(text);
        if (shown.length() > REMEMBERED) {
            shown.delete(0, shown.length() - REMEMBERED);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        readers.removeIf(reader -> {
            try {
                reader.write(bytes);
                reader.flush();
                return false;
            } catch (IOException e) {
                return true;
            }
        });
    }
}
