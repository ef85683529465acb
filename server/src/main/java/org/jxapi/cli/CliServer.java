package org.jxapi.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
 * Serves command line clients: each command is checked and run as the API calls that it stands for. Whatever goes wrong,
 * the client gets a message and its exit status.
 */
public final class CliServer implements CliHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CliServer.class);
    private static final String HINT = "For usage run: 'xe help'\n";
    private static final String SESSION = "session_id=";

    private final Store store;
    private final Dispatcher dispatcher;
    private final TransferHandler transfers;
    private final CommandTable table = CommandTable.all();

    /** @param transfers tells which files can go over HTTP */
    public CliServer(Store store, Dispatcher dispatcher, TransferHandler transfers) {
        this.store = store;
        this.dispatcher = dispatcher;
        this.transfers = transfers;
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
        int status = 0;
        try {
            run(CommandLine.parse(args), session, wire, unixSocket);
        } catch (XenApiException e) {
            loginError(wire, e);
            status = 1;
        } catch (RuntimeException | Error e) {
            status = report(wire, null, args.isEmpty() ? "" : args.get(0), e);
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
        Command command = table.need(line.command());
        Parameters.check(command, line);
        try (Api api = Api.login(store, dispatcher, line, session, unixSocket)) {
            int status = 0;
            try {
                Parameters.warn(command, line, printer);
                command.run(new Context(line, api, printer, wire, transfers::serves));
                printer.flush();
            } catch (RuntimeException | Error e) {
                status = report(wire, api, command.name(), e);
            }
            if (status != 0) {
                throw new ExitException(status);
            }
        }
    }

    /** Says what went wrong, as XAPI's exception_handler (ocaml/xapi-cli-server/xapi_cli.ml) does; the exit status. */
    private static int report(Wire wire, Api api, String command, Throwable problem) throws IOException {
        if (problem instanceof ExitException e) {
            return e.status();
        }
        if (problem instanceof XenApiException e) {
            apiError(wire, api, e);
        } else if (problem instanceof CliException e) {
            wire.printStderr("Error: " + e.getMessage() + "\n");
        } else if (problem instanceof UsageException e) {
            wire.printStderr(e.getMessage() + "\n");
            wire.printStderr(HINT);
        } else if (problem instanceof UnknownFieldException e) {
            wire.error("Missing parameter", List.of(e.getMessage()));
            if (!e.question().isEmpty()) {
                wire.printStderr(e.question() + "\n");
            }
        } else if (problem instanceof MultipleFailureException e) {
            for (MultipleFailureException.Failed failed : e.failed()) {
                wire.print("operation failed on " + failed.uuid() + ": " + failed.why());
            }
        } else {
            LOG.error("xe {} failed unexpectedly", command.replaceAll("[^a-z-]", "?"), problem);
            apiError(
                    wire,
                    api,
                    new XenApiException("INTERNAL_ERROR", List.of("The command failed; the daemon's log says why.")));
        }
        return 1;
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
        List<String> lines = ErrorText.lines(api, e).orElse(null);
        if (lines == null) {
            wire.error(
                    e.code(),
                    e.params().stream().map(p -> ErrorText.shown(api, p)).toList());
            return;
        }
        for (String text : lines) {
            wire.printStderr(text + "\n");
        }
    }
}
