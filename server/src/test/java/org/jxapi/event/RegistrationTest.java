package org.jxapi.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.ChangeLog;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Event;
import org.jxapi.xenapi.VM;

class RegistrationTest {
    private final Registration registration = new Registration();

    @Test
    void aReaderThatFallsTooFarBehindIsToldOnceAndGoesOn() {
        for (int i = 0; i < 12; i++) {
            registration.offer(i, change("x".repeat(1_000_000)));
        }
        assertThatThrownBy(registration::next)
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo("EVENTS_LOST"));
        CompletableFuture<List<Row<Event>>> next = registration.next().toCompletableFuture();
        assertThat(next.join()).hasSizeLessThan(12);
    }

    @Test
    void whoeverWaitsIsToldThatTheSessionHasEnded() {
        CompletableFuture<List<Row<Event>>> one = registration.next().toCompletableFuture();
        CompletableFuture<List<Row<Event>>> two = registration.next().toCompletableFuture();
        registration.end(Errors.sessionInvalid("s"));
        assertThat(one).isCompletedExceptionally();
        assertThat(two).isCompletedExceptionally();
        assertThatThrownBy(registration::next).hasMessageContaining("SESSION_INVALID");
    }

    @Test
    void itemsAreTheSameInAnyCaseOfTheClass() {
        registration.add(List.of("VM", "Host/OpaqueRef:A"));
        assertThat(registration.covers(VM.XEN_CLASS, VM.XEN_CLASS.ref("x"))).isTrue();
        registration.remove(List.of("vm", "host/OpaqueRef:a"));
        assertThat(registration.covers(VM.XEN_CLASS, VM.XEN_CLASS.ref("x"))).isFalse();
    }

    private static ChangeLog.Change change(String description) {
        Row<VM> row = Row.of(VM.XEN_CLASS).with(VM.NAME_DESCRIPTION, description);
        return new ChangeLog.Change(1, VM.XEN_CLASS, VM.XEN_CLASS.ref("x"), ChangeLog.Kind.MOD, row);
    }
}
