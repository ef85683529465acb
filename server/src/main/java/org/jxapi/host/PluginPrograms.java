package org.jxapi.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Waiting;
import org.jxapi.program.Ownership;
import org.jxapi.program.Program;
import org.jxapi.rpc.RpcException;
import org.jxapi.rpc.XmlRpcCall;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs that administrators add to a host for host.call_plugin, as XAPI runs them: the call is in the only argument,
 * in XML-RPC, with the session and the arguments as its parameters, and the answer is on standard output.
 *
 * @param folder the folder of the programs, which need not be there
 */
record PluginPrograms(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(PluginPrograms.class);
    /** How long a call keeps its place among those that work. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    String call(Ref<Session> caller, String plugin, String function, Map<String, String> args) {
        Path file = find(plugin);
        String call = XmlRpcCall.of(function, caller.value(), args);
        Program.Result result;
        try (Waiting waiting = new Waiting(GRACE)) {
            Ownership.check(file);
            result = Program.of(file.toString(), call).within(Program.NO_LIMIT).result(waiting::goOn);
        } catch (IOException e) {
            throw Errors.xenapiPluginFailure("not started", "", Reason.withFile(e))
                    .causedBy(e);
        }
        result.errors().lines().forEach(line -> LOG.info("Plug-in {}: {}: {}", plugin, function, line));
        if (result.status() != 0) {
            throw Errors.xenapiPluginFailure("non-zero exit", result.output(), result.errors());
        }
        return value(result.output());
    }

    /** A file of the folder: another name, such as a path, is that of no plug-in. */
    private Path find(String plugin) {
        try (Stream<Path> files = Files.list(folder.toAbsolutePath())) {
            return files.filter(file -> String.valueOf(file.getFileName()).equals(plugin))
                    .findFirst()
                    .orElseThrow(() -> Errors.xenapiMissingPlugin(plugin));
        } catch (IOException e) {
            throw Errors.xenapiMissingPlugin(plugin).causedBy(e);
        }
    }

    private static String value(String output) {
        XmlRpcCall.Answer answer;
        try {
            answer = XmlRpcCall.answer(output);
        } catch (RpcException e) {
            throw Errors.xenapiPluginFailure("failed to parse plugin output", output, String.valueOf(e.getMessage()))
                    .causedBy(e);
        }
        if (answer instanceof XmlRpcCall.Failure failure) {
            throw new XenApiException(failure.code(), failure.params());
        }
        if (answer instanceof XmlRpcCall.Fault fault) {
            throw Errors.xenapiPluginFailure("fault", Integer.toString(fault.code()), fault.reason());
        }
        if (answer instanceof XmlRpcCall.Success success && success.value() instanceof String text) {
            return text;
        }
        throw Errors.xenapiPluginFailure("unexpected XMLRPC result", output, "the result is no text");
    }
}
