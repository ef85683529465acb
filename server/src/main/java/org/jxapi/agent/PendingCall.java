package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call that a thread waits for. */
final class PendingCall implements Link.Answer {
    private static final Logger LOG = LoggerFactory.getLogger(PendingCall.class);
    private static final Channel.Frame LOST = new Channel.Frame(MissingNode.getInstance(), null);

    private final BlockingQueue<Channel.Frame> frames = new LinkedBlockingQueue<>();
    private final Ref<Host> host;
    private final Link link;
    private final String call;
    private final long term;
    private final long id;
    private final ChunkOutput output = new ChunkOutput(this::send);

    /**
     * The arguments of a call that stay at its caller.
     *
     * @param progress runs on the caller's thread, and what it throws ends the call
     * @param in what the agent reads
     * @param out where the agent writes to, on the caller's thread
     * @param questions what the agent may ask, by name; answered on the caller's thread
     */
    record Local(
            @Nullable DoubleConsumer progress,
            @Nullable InputStream in,
            @Nullable OutputStream out,
            Map<String, Question> questions) {
        static final Local NOTHING = new Local(null, null, null, Map.of());
    }

    /** A question of the agent. A failure to answer ends the call. */
    interface Question {
        JsonNode answer(JsonNode about);
    }

    PendingCall(
            Ref<Host> host,
            Link link,
            String call,
            ArrayNode arguments,
            long term,
            @Nullable Consumer<JsonNode> reports) {
        this.host = host;
        this.link = link;
        this.call = call;
        this.term = term;
        this.id = link.send(call, arguments, term, this, reports);
    }

    long id() {
        return id;
    }

    private void send(byte[] bytes) {
        link.sendBytes(id, bytes);
    }

    @Override
    public void take(Channel.Frame frame) {
        frames.add(frame);
    }

    @Override
    public void more() {
        output.more();
    }

    @Override
    public void lost() {
        frames.add(LOST);
    }

    /**
     * Waits for the end of the call. Interrupting the thread asks the agent to stop it. CANNOT_CONTACT_HOST when the
     * connection is lost: the agent may have carried the call out or not. HOST_OFFLINE when the agent obeys a newer coordinator,
     * and has done nothing: to this one the host is lost.
     *
     * @return the value
     */
    JsonNode await(Local local) {
        boolean interrupted = false;
        RuntimeException failure = null;
        if (local.in() != null) {
            pump(local.in());
        }
        try {
            while (true) {
                Channel.Frame frame;
                try {
                    frame = frames.take();
                } catch (InterruptedException e) {
                    interrupted = true;
                    link.cancel(id);
                    continue;
                }
                if (frame.isLast()) {
                    return end(frame.message(), failure);
                }
                failure = failure == null ? handle(frame, local) : failure;
            }
        } finally {
            output.breakOff();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Sends what the agent reads, until it takes no more. */
    private void pump(InputStream in) {
        Thread pump = new Thread(
                () -> {
                    try {
                        in.transferTo(output);
                        output.end();
                    } catch (IOException e) {
                        LOG.debug("Agent: a stream ends early", e);
                        link.cancel(id);
                    }
                },
                "agent-stream");
        pump.setDaemon(true);
        pump.start();
    }

    private @Nullable RuntimeException handle(Channel.Frame frame, Local local) {
        try {
            byte[] bytes = frame.bytes();
            if (frame.message().has("ask")) {
                answer(frame.message(), local);
            } else if (bytes == null) {
                if (local.progress() != null) {
                    local.progress().accept(frame.message().path("progress").asDouble());
                }
            } else if (local.out() != null) {
                local.out().write(bytes);
                link.used(id);
            }
            return null;
        } catch (RuntimeException e) {
            link.cancel(id);
            return e;
        } catch (IOException e) {
            link.cancel(id);
            return new HypervisorException(
                    LibxlError.FAIL, call + ": what the host sends cannot be written: " + e.getMessage());
        }
    }

    private void answer(JsonNode message, Local local) {
        Question question = local.questions().get(message.path("ask").asText());
        if (question == null) {
            throw new AgentException(call + " asks for something that this version does not know");
        }
        link.answer(id, question.answer(message.path("value")));
    }

    private JsonNode end(JsonNode message, @Nullable RuntimeException failure) {
        if (failure != null) {
            throw failure;
        } else if (message.isMissingNode()) {
            throw Errors.cannotContactHost(host.value())
                    .causedBy(new AgentException(
                            "the connection was lost during " + call + ": the host may have carried it out or not"));
        } else if (message.has("error")) {
            RuntimeException failed = Failure.read(message.path("error"), term);
            throw failed instanceof StaleTermException
                    ? Errors.hostOffline(host.value()).causedBy(failed)
                    : failed;
        }
        return message.path("value");
    }
}
