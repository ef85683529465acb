package org.jxapi.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.jxapi.cli.command.AllCommands;
import org.jxapi.cli.command.Command;
import org.jxapi.cli.command.CommandTable;
import org.jxapi.cli.command.Context;
import org.jxapi.cli.command.Help;
import org.jxapi.cli.command.MultipleFailureException;
import org.jxapi.cli.command.Parameters;
import org.jxapi.cli.record.Api;
import org.jxapi.cli.record.ErrorText;
import org.jxapi.cli.record.UnknownFieldException;
import org.jxapi.cli.thin.CliException;
import org.jxapi.cli.thin.CommandLine;
import org.jxapi.cli.thin.ExitException;
import org.jxapi.cli.thin.Printer;
import org.jxapi.cli.thin.UsageException;
import org.jxapi.cli.thin.Wire;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.http.CliHandler;
import org.jxapi.http.TransferHandler;
import org.jxapi.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves command line clients: checks each command and runs it as API calls. If a command fails, the client gets a
 * message and the exit status.
 */
public final class CliServer implements CliHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CliServer.class);
    private static final String HINT = "For usage run: 'xe help'\n";
    private static final String SESSION = "session_id=";

    /** Shows references as they are, where there is no session that may read the names of their objects. */
    private static final UnaryOperator<String> NAMELESS = UnaryOperator.identity();

    private final Store store;
    private final Dispatcher dispatcher;
    private final TransferHandler transfers;
    private final Context.Drives drives;
    private final CommandTable table = AllCommands.table();

    /**
     * @param transfers knows the files that can go over HTTP
     * @param drives fills disks that commands have made
     */
    public CliServer(Store store, Dispatcher dispatcher, TransferHandler transfers, Context.Drives drives) {
        this.store = store;
        this.dispatcher = dispatcher;
        this.transfers = transfers;
        this.drives = drives;
    }

    @Override
    public CompletionStage<CliHandler.Client> open(byte[] commandLine, Peer peer) {
        List<String> args = new ArrayList<>();
        for (String line : new String(commandLine, StandardCharsets.UTF_8).split("\n", -1)) {
            args.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
        }
        Optional<String> session = args.get(0).startsWith(SESSION)
                ? Optional.of(args.remove(0).substring(SESSION.length()))
                : Optional.empty();
        CommandLine line;
        Command command;
        try {
            line = CommandLine.parse(args);
            if (line.command().equals("help")) {
                return CompletableFuture.completedFuture(said(peer, wire -> help(line, wire)));
            }
            command = table.need(line.command());
            Parameters.check(command, line);
        } catch (RuntimeException | Error e) {
            String name = args.isEmpty() ? "" : args.get(0);
            return CompletableFuture.completedFuture(said(peer, wire -> report(wire, NAMELESS, name, e)));
        }
        return Api.login(store, dispatcher, line, session, peer.unixSocket(), peer.address())
                .handle((api, failure) -> failure == null
                        ? new Running(command, line, api, peer)
                        : said(peer, wire -> loginError(wire, peer, failure)));
    }

    /** A client whose command cannot be run here. */
    public CliHandler.Client refused(Peer peer, XenApiException reason) {
        return said(peer, wire -> report(wire, NAMELESS, "", reason));
    }

    /** The dialogue with a client. The result is its exit status. */
    private interface Talk {
        int run(Wire wire) throws IOException;
    }

    /** The dialogue with a client without a session, which is known before the client sends anything more. */
    private static CliHandler.Client said(Peer peer, Talk talk) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            converse(new ByteArrayInputStream(Wire.greeting()), all, peer, talk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Said(all.toByteArray());
    }

    private static void converse(InputStream in, OutputStream out, Peer peer, Talk talk) throws IOException {
        Wire wire = new Wire(in, out, peer.atTerminal());
        wire.open();
        wire.exit(talk.run(wire));
    }

    private int help(CommandLine line, Wire wire) throws IOException {
        try {
            Printer printer = new Printer(wire, line.flag("minimal"));
            Help.print(table, line, printer, wire);
            printer.flush();
            return 0;
        } catch (RuntimeException | Error e) {
            return report(wire, NAMELESS, line.command(), e);
        }
    }

    private record Said(byte[] answer) implements CliHandler.Client {
        @Override
        public void run(InputStream in, OutputStream out) {
            throw new IllegalStateException("the answer was sent already");
        }

        @Override
        public void close() {}
    }

    /** A command of a client with a session. */
    private final class Running implements CliHandler.Client {
        private final Command command;
        private final CommandLine line;
        private final Api api;
        private final Peer peer;

        Running(Command command, CommandLine line, Api api, Peer peer) {
            this.command = command;
            this.line = line;
            this.api = api;
            this.peer = peer;
        }

        @Override
        public byte @Nullable [] answer() {
            return null;
        }

        @Override
        public void run(InputStream in, OutputStream out) throws IOException {
            converse(in, out, peer, this::run);
        }

        @Override
        public void close() {
            api.close();
        }

        private int run(Wire wire) throws IOException {
            try {
                Printer printer = Printer.of(wire, line);
                Parameters.warn(command, line, wire);
                command.run(
                        new Context(line, api.watching(wire::clientGone), printer, wire, transfers::serves, drives));
                printer.flush();
                return 0;
            } catch (RuntimeException | Error e) {
                int status = report(wire, api::shown, command.name(), e);
                if (line.get("trace", "").equals("true")) {
                    trace(wire, e);
                }
                return status;
            }
        }
    }

    /** The line of {@code --trace} with XAPI's name of an error, which the sentences before it do not have. */
    private static void trace(Wire wire, Throwable problem) throws IOException {
        if (problem instanceof XenApiException e) {
            wire.printStderr("Raised Server_error(" + e.code() + ", [ " + String.join("; ", e.params()) + " ])\n");
        } else if (problem instanceof CliException e) {
            wire.printStderr("Raised Cli_util.Cli_failure(\"" + e.text() + "\")\n");
        }
    }

    /** Reports a failure as XAPI's exception_handler (ocaml/xapi-cli-server/xapi_cli.ml) does; returns the exit status. */
    private static int report(Wire wire, UnaryOperator<String> shown, String command, Throwable problem)
            throws IOException {
        if (problem instanceof ExitException e) {
            return e.status();
        }
        if (problem instanceof XenApiException e) {
            apiError(wire, shown, e);
        } else if (problem instanceof CliException e) {
            wire.printStderr("Error: " + e.text() + "\n");
            wire.hint(e.question());
        } else if (problem instanceof UsageException e) {
            wire.printStderr(e.getMessage() + "\n");
            wire.hint(e.question());
            wire.printStderr(HINT);
        } else if (problem instanceof UnknownFieldException e) {
            wire.error("Missing parameter", List.of(e.getMessage()));
            wire.hint(e.question());
        } else if (problem instanceof MultipleFailureException e) {
            for (MultipleFailureException.Failed failed : e.failed()) {
                wire.print("operation failed on " + failed.uuid() + ": " + failed.why());
            }
        } else {
            LOG.error("xe {}: failed unexpectedly", command.replaceAll("[^a-z-]", "?"), problem);
            apiError(
                    wire,
                    shown,
                    new XenApiException(
                            "INTERNAL_ERROR", List.of("The command failed. See the daemon's log for the reason.")));
        }
        return 1;
    }

    /** Reports an error at login, without the names of objects: the client may not read them. */
    private static int loginError(Wire wire, Peer peer, Throwable failure) throws IOException {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (peer.follows()
                && cause instanceof XenApiException moved
                && moved.code().equals("HOST_IS_SLAVE")) {
            wire.error(moved.code(), moved.params());
            return 1;
        }
        if (!(cause instanceof XenApiException e) || !e.code().equals("SESSION_AUTHENTICATION_FAILED")) {
            return report(wire, NAMELESS, "login", cause);
        }
        boolean nobody = e.params().isEmpty() || e.params().get(0).isEmpty();
        wire.printStderr((nobody ? "Username/password must be specified" : "Authentication failed") + "\n");
        wire.printStderr(HINT);
        return 1;
    }

    private static void apiError(Wire wire, UnaryOperator<String> shown, XenApiException e) throws IOException {
        Optional<List<String>> lines = ErrorText.lines(shown, e);
        if (lines.isEmpty()) {
            wire.error(e.code(), e.params().stream().map(shown).toList());
            return;
        }
        for (String text : lines.get()) {
            wire.printStderr(text + "\n");
        }
    }
}
