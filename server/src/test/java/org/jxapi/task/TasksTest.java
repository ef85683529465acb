package org.jxapi.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskAllowedOperations;
import org.jxapi.xenapi.TaskStatusType;

/** The life of a task: ocaml/xapi/taskHelper.ml. */
class TasksTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path folder;

    private H2Store store;
    private Tasks tasks;
    private Ref<Task> task;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        tasks = new Tasks(store, Clock.fixed(NOW, ZoneOffset.UTC));
        task = tasks.begin("VM.start", Ref.nil(), Call.Origin.INTERNAL);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private <T> T get(Field<Task, T> field) {
        return store.snapshot().get(task, field);
    }

    @Test
    void aTaskIsPendingUntilItEnds() {
        assertThat(get(Task.STATUS)).isEqualTo(TaskStatusType.PENDING);
        assertThat(tasks.pending()).containsExactly(task);
        tasks.succeed(task, "<value>x</value>");
        assertThat(get(Task.STATUS)).isEqualTo(TaskStatusType.SUCCESS);
        assertThat(get(Task.RESULT)).isEqualTo("<value>x</value>");
        assertThat(get(Task.PROGRESS)).isEqualTo(1.0);
        assertThat(get(Task.FINISHED).instant()).isEqualTo(NOW);
        assertThat(tasks.pending()).isEmpty();
    }

    @Test
    void theFirstEndCounts() {
        tasks.fail(task, "VM_BAD_POWER_STATE", List.of("a", "b"));
        tasks.succeed(task, "");
        tasks.progress(task, 0.5);
        assertThat(get(Task.STATUS)).isEqualTo(TaskStatusType.FAILURE);
        assertThat(get(Task.ERROR_INFO)).containsExactly("VM_BAD_POWER_STATE", "a", "b");
        assertThat(get(Task.PROGRESS)).isEqualTo(1.0);
    }

    @Test
    void aTaskThatFailsBecauseItWasCancelledIsCancelled() {
        tasks.setCancellable(task, true);
        assertThat(get(Task.ALLOWED_OPERATIONS)).containsExactly(TaskAllowedOperations.CANCEL);
        assertThat(tasks.cancelling(task)).isFalse();
        store.change(tx -> Tasks.requestCancel(tx, task));
        assertThat(tasks.cancelling(task)).isTrue();
        tasks.fail(task, "TASK_CANCELLED", List.of(task.value()));
        assertThat(get(Task.STATUS)).isEqualTo(TaskStatusType.CANCELLED);
        assertThat(get(Task.ALLOWED_OPERATIONS)).isEmpty();
    }

    @Test
    void aTaskThatWasToBeDestroyedGoesWhenItEnds() {
        store.change(tx -> Tasks.requestDestroy(tx, task));
        assertThat(store.snapshot().find(task)).isPresent();
        tasks.succeed(task, "");
        assertThat(store.snapshot().find(task)).isEmpty();
    }

    @Test
    void progressStaysBetweenNothingAndAll() {
        tasks.progress(task, 0.25);
        assertThat(get(Task.PROGRESS)).isEqualTo(0.25);
        tasks.progress(task, 7);
        assertThat(get(Task.PROGRESS)).isEqualTo(1.0);
        tasks.progress(task, -1);
        assertThat(get(Task.PROGRESS)).isEqualTo(0.0);
    }

    @Test
    void aTaskThatIsGoneEndsWithoutAnError() {
        tasks.forget(task);
        tasks.succeed(task, "");
        tasks.progress(task, 0.5);
        tasks.forget(task);
        assertThat(tasks.cancelling(task)).isFalse();
    }

    @Test
    void aTaskBelongsToAllSessionsOfItsUser() {
        Ref<Session> owner = session("anna");
        Ref<Session> same = session("anna");
        Ref<Session> other = session("berta");
        Ref<Task> hers = tasks.begin("VM.start", owner, Call.Origin.INTERNAL);
        assertThat(Tasks.owns(store.snapshot(), owner, hers)).isTrue();
        assertThat(Tasks.owns(store.snapshot(), same, hers)).isTrue();
        assertThat(Tasks.owns(store.snapshot(), other, hers)).isFalse();
    }

    private Ref<Session> session(String user) {
        return store.transact(tx -> tx.create(Row.of(Session.XEN_CLASS).with(Session.AUTH_USER_SID, user)));
    }
}
