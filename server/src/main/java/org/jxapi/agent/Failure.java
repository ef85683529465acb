package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.store.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The failures of calls as JSON. */
final class Failure {
    private static final Logger LOG = LoggerFactory.getLogger(Failure.class);

    private Failure() {}

    static JsonNode write(String call, Throwable failure) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (failure instanceof HypervisorException e) {
            json.put("libxl", e.error().name()).put("message", problem(e));
            ArrayNode log = json.putArray("log");
            e.log().forEach(log::add);
        } else if (failure instanceof XenApiException e) {
            json.put("code", e.code());
            ArrayNode params = json.putArray("params");
            e.params().forEach(params::add);
        } else if (failure instanceof UncheckedIOException e) {
            write(json, Objects.requireNonNull(e.getCause()));
        } else if (failure instanceof StaleTermException e) {
            json.put("newest", e.newest());
        } else if (failure instanceof MalformedException || failure instanceof AgentException) {
            LOG.warn("Agent: refused {}: {}", call, failure.getMessage());
            json.put("message", call + ": " + failure.getMessage());
        } else {
            LOG.error("Agent: {} failed", call, failure);
            json.put("message", call + " failed: " + failure);
        }
        return json;
    }

    /** The message without the code that each HypervisorException adds. */
    private static String problem(HypervisorException e) {
        String message = String.valueOf(e.getMessage());
        String code = " (" + e.error() + " " + e.error().value() + ")";
        return message.endsWith(code) ? message.substring(0, message.length() - code.length()) : message;
    }

    /** The words of the failure, and of its cause, which say whether a file system is full. */
    private static void write(ObjectNode json, IOException failure) {
        json.put("io", Reason.of(failure));
        if (failure instanceof FileSystemException file && file.getFile() != null) {
            json.put("file", file.getFile());
        } else if (failure.getMessage() != null) {
            json.put("message", failure.getMessage());
        }
    }

    /** An IOException is in an UncheckedIOException, as callers of a method that declares it do not see. */
    static RuntimeException read(JsonNode json, long term) {
        String message = json.path("message").asText();
        if (json.has("libxl")) {
            List<String> log = new ArrayList<>();
            json.path("log").forEach(line -> log.add(line.asText()));
            return new HypervisorException(error(json.path("libxl").asText()), message, log);
        } else if (json.has("code")) {
            List<String> params = new ArrayList<>();
            json.path("params").forEach(param -> params.add(param.asText()));
            return new XenApiException(json.path("code").asText(), params);
        } else if (json.has("io")) {
            return new UncheckedIOException(readFailure(json));
        } else if (json.has("newest")) {
            return new StaleTermException(term, json.path("newest").asLong());
        }
        return new AgentException(message);
    }

    private static IOException readFailure(JsonNode json) {
        String reason = json.path("io").asText();
        if (json.has("file")) {
            return new FileSystemException(json.path("file").asText(), null, reason);
        }
        String message = json.path("message").asText(reason);
        return message.equals(reason) ? new IOException(reason) : new IOException(message, new IOException(reason));
    }

    /** An error that only a newer agent knows is NONSPECIFIC, as it is for a newer libxl. */
    private static LibxlError error(String name) {
        for (LibxlError error : LibxlError.values()) {
            if (error.name().equals(name)) {
                return error;
            }
        }
        return LibxlError.NONSPECIFIC;
    }
}
