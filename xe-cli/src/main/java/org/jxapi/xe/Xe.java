package org.jxapi.xe;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The thin client: it sends its arguments, then obeys the server's replies. */
public final class Xe {
    private static final String USAGE = """
            Usage:
              xe <command>
                [ -s <server> ]            connect to this host
                [ -p <port> ]              connect to this port
                [ -u <username> -pw <password> | -pwf <password file> ]
                                           log in; the file has the name on line 1, the password on line 2
                [ --nossl ]                connect without TLS
                [ --debug ]                trace the client's work on stderr
                [ --debug-on-fail ]        print the trace only if the command fails
                [ --minimal ]              print only values, separated by commas
                [ --json ]                 print records and values as JSON
                [ --table ]                print records as tables
                [ --traceparent <value> ]  set the context for distributed tracing
                [ <other arguments> ... ]  arguments of the command

            xe shell                     run commands line by line, with the options above for all of them

            The server provides the commands and their help:
              xe help                    list the common commands
              xe help --all              list all commands
              xe help <command>          explain a command; also: xe <command> --help
              xe --version               print the version of this client
            """;
    private static final Set<String> VERSION = Set.of("--version", "-v", "version");

    private final Options options;
    private final ThinWire wire;
    private final FileTransfers transfers;
    private final MadeFiles made;
    private final Debug debug;
    private final OutputStream out = new LocalFile(new FileOutputStream(FileDescriptor.out), "standard output");
    private final boolean colours = Colours.wanted();
    private final PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);

    private Xe(Options options, Connection connection, MadeFiles made, Debug debug) {
        this.options = options;
        this.wire = new ThinWire(connection);
        this.debug = debug;
        this.made = made;
        this.transfers = new FileTransfers(options, new NamedFiles(options.command), made, out, wire, debug);
    }

    public static void main(String[] args) {
        MadeFiles made = new MadeFiles();
        Thread interrupted = new Thread(() -> {
            made.removeDoubtful();
            Runtime.getRuntime().halt(1);
        });
        Runtime.getRuntime().addShutdownHook(interrupted);
        exit(interrupted, Shell.wanted(List.of(args)) ? shell(List.of(args), made) : command(List.of(args), made));
    }

    private static int shell(List<String> args, MadeFiles made) {
        if (args.contains("--help") || args.contains("-help")) {
            return command(args, made);
        }
        try {
            return Shell.run(args, line -> command(line, made));
        } catch (IOException e) {
            System.err.println("Error: " + e.getMessage());
            return 1;
        }
    }

    private static int command(List<String> args, MadeFiles made) {
        int status = run(args, made);
        if (status == 0) {
            made.confirmed();
        }
        made.removeDoubtful();
        return status;
    }

    /** Ends the client with this status, unless a signal has ended it with 1 already, as it does XAPI's own client. */
    private static void exit(Thread interrupted, int status) {
        try {
            Runtime.getRuntime().removeShutdownHook(interrupted);
        } catch (IllegalStateException e) {
            return;
        }
        System.exit(status);
    }

    private static int run(List<String> args, MadeFiles made) {
        if (args.size() == 1 && VERSION.contains(args.get(0))) {
            String version = Xe.class.getPackage().getImplementationVersion();
            System.out.println("xe of jxapi" + (version == null ? "" : " " + version));
        }
        if (args.contains("-version") || args.size() == 1 && VERSION.contains(args.get(0))) {
            System.out.println("ThinCLI protocol: " + ThinWire.MAJOR + "." + ThinWire.MINOR);
            return 0;
        }
        Debug debug = new Debug(false, false);
        int status = 1;
        try {
            Options options = Options.read(args);
            debug = new Debug(options.debug, options.debugOnFail);
            try {
                status = talk(options, true, made, debug);
            } catch (MovedException e) {
                debug.say("The coordinator is at " + e.address);
                options.server = e.address;
                status = talk(options, false, made, debug);
            }
        } catch (CommandLineException e) {
            if (e.getMessage() != null) {
                System.err.println(e.getMessage());
            }
            System.err.print(USAGE);
            return 0;
        } catch (LocalFile.WriteException e) {
            if (!e.pipe) {
                System.err.println(e.getMessage());
            }
        } catch (EOFException e) {
            complain("Lost connection to the server.");
        } catch (IOException e) {
            complain(e instanceof ClientException ? e.getMessage() : "Error: " + e.getMessage());
        }
        if (status != 0) {
            debug.failed();
        }
        return status;
    }

    private static int talk(Options options, boolean follows, MadeFiles made, Debug debug) throws IOException {
        try (Connection connection = Connection.open(options, debug)) {
            Interrupts.watch(connection);
            Xe xe = new Xe(options, connection, made, debug);
            xe.send(connection, follows);
            return xe.obey();
        }
    }

    /** Prints an error, unless the user has ended the command in a shell, which says so. */
    private static void complain(@Nullable String error) {
        if (!Interrupts.happened()) {
            System.err.println(error);
        }
    }

    /**
     * Sends the command line.
     *
     * @param follows whether a member may answer with the address of the coordinator
     */
    private void send(Connection connection, boolean follows) throws IOException {
        List<String> lines = new ArrayList<>(options.command);
        lines.add("username=" + options.username);
        lines.add("password=" + options.password);
        byte[] body = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder("POST /cli HTTP/1.0\r\nUser-agent: xe-cli/Unix/")
                .append(ThinWire.MAJOR)
                .append('.')
                .append(ThinWire.MINOR)
                .append("\r\noriginator: cli\r\n");
        header(head, "traceparent", options.traceparent);
        header(head, "baggage", System.getenv("BAGGAGE"));
        // jxapi's server then adds hints for people, such as names that are similar to a mistyped one.
        header(head, "jxapi-terminal", Terminal.isOne(2) ? "yes" : null);
        header(head, "jxapi-follows", follows ? "yes" : null);
        head.append("content-length: ").append(body.length).append("\r\n\r\n");
        connection.out.write(head.toString().getBytes(StandardCharsets.UTF_8));
        connection.out.write(body);
        connection.out.flush();
        wire.greet();
    }

    private static void header(StringBuilder head, String name, @Nullable String value) {
        if (value != null) {
            head.append(name)
                    .append(": ")
                    .append(value.replace("\r", "").replace("\n", ""))
                    .append("\r\n");
        }
    }

    /** Obeys the server until it sends the exit status. */
    private int obey() throws IOException {
        while (true) {
            ByteBuffer command = wire.command();
            int tag = command.getInt();
            debug.say("Read: command " + tag);
            switch (tag) {
                case 0:
                    String text = ThinWire.text(command);
                    out.write(((colours ? Colours.of(text) : text) + "\n").getBytes(StandardCharsets.UTF_8));
                    made.printed(text);
                    break;
                case 1:
                    transfers.load(ThinWire.text(command));
                    break;
                case 3:
                    prompt();
                    break;
                case 4:
                    return command.getInt();
                case 12:
                    if (!transfers.get(ThinWire.text(command), ThinWire.text(command))) {
                        return 1;
                    }
                    break;
                case 13:
                    if (!transfers.put(ThinWire.text(command), ThinWire.text(command))) {
                        return 1;
                    }
                    break;
                case 14:
                    error(command);
                    break;
                case 15:
                    debug.say("debug from server: " + ThinWire.text(command));
                    break;
                case 16:
                    err.print(ThinWire.text(command));
                    err.flush();
                    break;
                case 17:
                    TerminalConsole.connect(transfers, wire, ThinWire.text(command));
                    break;
                default:
                    throw new ClientException("Unexpected message from server: command " + tag);
            }
        }
    }

    private void error(ByteBuffer command) throws IOException {
        String code = ThinWire.text(command);
        List<String> params = new ArrayList<>();
        for (int count = command.getInt(); count > 0; count--) {
            params.add(ThinWire.text(command));
        }
        if (code.equals("HOST_IS_SLAVE") && params.size() == 1) {
            throw new MovedException(params.get(0));
        }
        err.print("Error code: " + code + "\nError parameters: " + String.join(", ", params) + "\n");
        err.flush();
    }

    /** Sends the server a line of stdin. */
    private void prompt() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b = System.in.read();
        if (b < 0) {
            throw new ClientException(
                    "Nothing was done: there is no input to answer the question. Use --force to skip questions.");
        }
        for (; b >= 0 && b != '\n'; b = System.in.read()) {
            line.write(b);
        }
        byte[] bytes = line.toByteArray();
        wire.chunk(bytes.length).write(bytes);
        wire.endOfBlob();
    }
}
