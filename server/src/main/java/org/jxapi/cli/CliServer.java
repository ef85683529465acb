package org.jxapi.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jxapi.cli.command.Command;
import org.jxapi.cli.command.CommandTable;
import org.jxapi.cli.command.Context;
import org.jxapi.cli.command.Help;
import org.jxapi.cli.command.MultipleFailureException;
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
import org.jxapi.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves command line clients: each command is checked and run as the API calls that it stands for. */
public final class CliServer implements CliHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CliServer.class);
    private static final String HINT = "For usage run: 'xe help'\n";
    private static final String SESSION = "session_id=";

    private final Store store;
    private final Dispatcher dispatcher;
    private final CommandTable table = CommandTable.all();

    public CliServer(Store store, Dispatcher dispatcher) {
        this.store = store;
        this.dispatcher = dispatcher;
    }

    @Override
    public void handle(byte[] body, InputStream in, OutputStream out, boolean unixSocket) throws IOException {
        Wire wire = new Wire(in, out);
        wire.open();
        List<String> args = new ArrayList<>();
        for (String line : new String(body, StandardCharsets.UTF_8).split("\n", -1)) {
            args.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
        }
        String session = null;
        if (args.get(0).startsWith(SESSION)) {
            session = args.remove(0).substring(SESSION.length());
        }
        int status = 1;
        try {
            run(CommandLine.parse(args), session, wire, unixSocket);
            status = 0;
        } catch (ExitException e) {
            status = e.status();
        } catch (UsageException e) {
            wire.printStderr(e.getMessage() + "\n");
            wire.printStderr(HINT);
        } catch (XenApiException e) {
            loginError(wire, e);
        }
        wire.exit(status);
    }

    private void run(CommandLine line, String session, Wire wire, boolean unixSocket) throws IOException {
        Printer printer = new Printer(wire, line.flag("minimal"));
        if (line.command().equals("help")) {
            Help.print(table, line, printer);
            printer.flush();
            return;
        }
        Optional<Command> command = table.find(line.command());
        if (command.isEmpty()) {
            throw new UsageException("Unknown command: " + line.command());
        }
        command.get().required().forEach(line::need);
        try (Api api = Api.login(store, dispatcher, line, session, unixSocket)) {
            try {
                command.get().run(new Context(line, api, printer, wire));
                printer.flush();
            } catch (XenApiException e) {
                apiError(wire, api, e);
                throw new ExitException(1);
            } catch (CliException e) {
                wire.printStderr("Error: " + e.getMessage() + "\n");
                throw new ExitException(1);
            } catch (UnknownFieldException e) {
                wire.error("Missing parameter", List.of(e.getMessage()));
                throw new ExitException(1);
            } catch (MultipleFailureException e) {
                for (MultipleFailureException.Failed failed : e.failed()) {
                    wire.print("operation failed on " + failed.uuid() + ": " + failed.why());
                }
                throw new ExitException(1);
            } catch (UsageException | ExitException e) {
                throw e;
            } catch (RuntimeException | Error e) {
                LOG.error("xe {} failed unexpectedly", line.command(), e);
                apiError(wire, api, new XenApiException("INTERNAL_ERROR", List.of(String.valueOf(e))));
                throw new ExitException(1);
            }
        }
    }

    /** An error at login, before which nobody is known to be allowed to read names. */
    private static void loginError(Wire wire, XenApiException e) throws IOException {
        if (!e.code().equals("SESSION_AUTHENTICATION_FAILED")) {
            apiError(wire, null, e);
            return;
        }
        boolean nobody = e.params().isEmpty() || e.params().get(0).isEmpty();
        wire.printStderr((nobody ? "Username/password must be specified" : "Authentication failed") + "\n");
        wire.printStderr(HINT);
    }

    private static void apiError(Wire wire, Api api, XenApiException e) throws IOException {
        Optional<List<String>> lines = ErrorText.lines(api, e);
        if (lines.isEmpty()) {
            wire.error(
                    e.code(),
                    e.params().stream().map(p -> ErrorText.shown(api, p)).toList());
            return;
        }
        for (String text : lines.get()) {
            wire.printStderr(text + "\n");
        }
    }
}
