package org.jxapi.smapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.program.Ownership;
import org.jxapi.program.Program;
import org.jxapi.program.ProgramException;
import org.jxapi.store.Reason;
import org.jxapi.volume.SmFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executable of a driver. Each call starts it once, with the name of the call as an argument and the parameters on its
 * standard input. A repository for which it does not answer in time costs one caller the wait. Later calls for that
 * repository fail at once, and try again after a while.
 */
final class DriverProgram {
    private static final Logger LOG = LoggerFactory.getLogger(DriverProgram.class);
    private static final ObjectMapper JSON = new JsonMapper();
    /** A call that changes something may take so many times as long as one that reads. */
    private static final int CHANGES = 10;
    /** Errors of the XenAPI, which clients get as they are. */
    private static final Pattern XENAPI_ERROR = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)+");

    private static final int MOST_QUOTED = 300;

    private final Path file;
    private final Duration limit;
    /** When the repositories that got no answer may be tried again. */
    private final Map<String, Long> silent = new ConcurrentHashMap<>();

    /** @param limit how long a call that reads may take */
    DriverProgram(Path file, Duration limit) {
        this.file = file;
        this.limit = limit;
    }

    Path file() {
        return file;
    }

    /** The name of its file. */
    String name() {
        return String.valueOf(file.getFileName());
    }

    /**
     * A call that changes nothing.
     *
     * @param about the repository that it is for, as operators would name it
     */
    JsonNode read(String about, String call, Map<String, Object> parameters) throws IOException {
        return run(about, call, parameters, limit);
    }

    /** A call that changes something, and so may take longer. */
    JsonNode change(String about, String call, Map<String, Object> parameters) throws IOException {
        return run(about, call, parameters, limit.multipliedBy(CHANGES));
    }

    private JsonNode run(String about, String call, Map<String, Object> parameters, Duration time) throws IOException {
        refuseSilent(about);
        Ownership.check(file);
        Map<String, Object> input = new LinkedHashMap<>(parameters);
        input.put("dbg", call);
        Program.Result result;
        try {
            result = Program.of(file.toString(), call)
                    .reading(JSON.writeValueAsString(input))
                    .within(time)
                    .result();
        } catch (ProgramException e) {
            if (e.kind() == ProgramException.Kind.TIMED_OUT) {
                silent.put(about, System.nanoTime() + limit.toNanos());
                throw SmFailure.SR_UNAVAILABLE
                        .error(said(call, "did not end within " + Math.max(1, time.toSeconds()) + " s"))
                        .causedBy(e);
            }
            throw new DriverException("", said(call, Reason.of(e)));
        }
        result.errors().lines().forEach(line -> LOG.info("Storage driver {}: {}: {}", name(), call, line));
        if (result.status() != 0) {
            throw failure(call, result);
        }
        return answer(call, result.output());
    }

    private void refuseSilent(String about) {
        Long until = silent.get(about);
        if (until == null) {
            return;
        }
        long left = until - System.nanoTime();
        if (left > 0) {
            throw SmFailure.SR_UNAVAILABLE.error("storage driver " + name() + " did not answer in time for " + about
                    + ", and is asked again in " + (1 + TimeUnit.NANOSECONDS.toSeconds(left)) + " s");
        }
        silent.remove(about, until);
    }

    private JsonNode answer(String call, String output) throws DriverException {
        try {
            return JSON.readTree(output.isBlank() ? "null" : output);
        } catch (JsonProcessingException e) {
            throw new DriverException("", said(call, "answered no JSON: " + quoted(output)));
        }
    }

    /** An error of the XenAPI, which is thrown; or one in the driver's own words, for the caller's choice of an error. */
    private DriverException failure(String call, Program.Result result) {
        JsonNode error = error(result.output());
        if (!error.path("code").isTextual() || !error.path("params").isArray()) {
            return new DriverException(
                    "", said(call, "failed with status " + result.status() + ": " + quoted(result.said())));
        }
        String code = error.get("code").asText();
        List<String> params = new ArrayList<>();
        error.get("params").forEach(param -> params.add(param.isTextual() ? param.asText() : param.toString()));
        if (XENAPI_ERROR.matcher(code).matches()) {
            throw new XenApiException(code, params);
        }
        return new DriverException(code, said(call, code + " " + String.join(" ", params)));
    }

    private static JsonNode error(String output) {
        try {
            return JSON.readTree(output);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /** A message about a call. */
    String said(String call, String what) {
        return "storage driver " + name() + ", " + call + ": " + what.strip();
    }

    private static String quoted(String text) {
        String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
        return line.length() > MOST_QUOTED ? line.substring(0, MOST_QUOTED) + "…" : line;
    }
}
