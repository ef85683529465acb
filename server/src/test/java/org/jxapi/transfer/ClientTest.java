package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;

class ClientTest {
    private final List<String> sessions = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private int logins;

    /** Knows sessions, and VDIs that are in use. */
    private CompletionStage<Reply> answer(Call.Request request) {
        String first = request.params().get(0).toString();
        Reply reply;
        if (request.method().equals("session.login_with_password")) {
            sessions.add("session " + ++logins);
            reply = new Reply.Success(Type.Basic.STRING, "session " + logins);
        } else if (!sessions.contains(first)) {
            reply = new Reply.Failure("SESSION_INVALID", List.of(first));
        } else if (request.method().equals("session.logout")) {
            sessions.remove(first);
            reply = new Reply.Success(Type.Basic.STRING, "");
        } else if (request.params().contains("in use")) {
            reply = new Reply.Failure("VDI_IN_USE", List.of("in use"));
        } else {
            done.add(request.method() + " " + request.params().get(1));
            reply = new Reply.Success(Type.Basic.STRING, "");
        }
        return CompletableFuture.completedFuture(reply);
    }

    private final Dispatcher dispatcher = this::answer;

    @Test
    void undoWorksAfterItsSessionHasEnded() {
        Undo undo = new Undo();
        assertThatThrownBy(() -> {
                    try (Client client = new Client(dispatcher)) {
                        undo.ifItFails(() -> {
                            undo.push(() -> client.call("SR.forget", "sr"));
                            undo.push(() -> client.call("VDI.destroy", "vdi"));
                            sessions.clear();
                            throw new IllegalStateException("the import");
                        });
                    }
                })
                .hasMessage("the import")
                .hasNoSuppressedExceptions();
        assertThat(done).containsExactly("VDI.destroy vdi", "SR.forget sr");
        assertThat(logins).isEqualTo(2);
        assertThat(sessions).as("sessions that are left").isEmpty();
    }

    @Test
    void anErrorOfAMessageIsThrown() {
        try (Client client = new Client(dispatcher)) {
            assertThatThrownBy(() -> client.call("VDI.destroy", "in use"))
                    .isInstanceOfSatisfying(
                            XenApiException.class, e -> assertThat(e.code()).isEqualTo("VDI_IN_USE"));
        }
        assertThat(logins).isEqualTo(1);
    }

    @Test
    void aSessionThatEndsBeforeItIsClosedIsNoFailure() {
        try (Client client = new Client(dispatcher)) {
            client.call("SR.scan", "sr");
            sessions.clear();
        }
        assertThat(done).containsExactly("SR.scan sr");
        assertThat(sessions).isEmpty();
    }
}
