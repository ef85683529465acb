package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.rpc.XmlRpcValue;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.H2Store;
import org.jxapi.task.Tasks;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskStatusType;
import org.jxapi.xenapi.XenModel;

/** Code that runs out of memory or stack must not leave its caller, or the task, without an end. */
class ErrorsEndTasksTest {
    @TempDir
    Path folder;

    private static Error broken(String kind) {
        return kind.equals("memory") ? new OutOfMemoryError("no heap") : new StackOverflowError("too deep");
    }

    private static MessageTable<Call> brokenTable(String kind) {
        MessageTable<Call> table = new MessageTable<>();
        for (ClassModel<?> model : XenModel.CLASSES) {
            for (MessageModel message : model.messages()) {
                table.bind(message.fullName(), (call, args) -> {
                    throw broken(kind);
                });
            }
        }
        return table;
    }

    private static Call.Request request(String method, Ref<Session> session, Object... params) {
        List<Object> all = new ArrayList<>(List.of(session.value()));
        all.addAll(List.of(params));
        return new Call.Request(method, all, Call.Origin.INTERNAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "stack"})
    void aCallAndATaskEndWithInternalErrorWhenTheirCodeThrowsAnError(String kind) throws Exception {
        try (H2Store store = H2Store.open(folder);
                Workers workers = new Workers()) {
            Tasks tasks = new Tasks(store, Clock.systemUTC());
            Ref<Session> session =
                    store.transact(tx -> tx.create(Row.of(Session.XEN_CLASS).with(Session.IS_LOCAL_SUPERUSER, true)));
            CountDownLatch ended = new CountDownLatch(1);
            store.changes().addListener((snapshot, changes) -> {
                if (changes.stream().anyMatch(change -> failed(change))) {
                    ended.countDown();
                }
            });
            XenDispatcher dispatcher = new XenDispatcher(
                    store,
                    tasks,
                    Clock.systemUTC(),
                    brokenTable(kind),
                    workers,
                    read -> null,
                    Audit.NONE,
                    XmlRpcValue::encode);
            Reply reply = dispatcher
                    .dispatch(request("VM.start", session, "OpaqueRef:x", false, false))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            assertThat(((Reply.Failure) reply).code()).isEqualTo("INTERNAL_ERROR");
            dispatcher.dispatch(request("Async.VM.start", session, "OpaqueRef:x", false, false));
            assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(tasks.pending()).isEmpty();
        }
    }

    private static boolean failed(ChangeLog.Change change) {
        return change.model() == Task.XEN_CLASS
                && change.row() != null
                && change.row().as(Task.XEN_CLASS).get(Task.STATUS) == TaskStatusType.FAILURE;
    }
}
