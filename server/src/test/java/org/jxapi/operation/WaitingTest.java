package org.jxapi.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.CallContext;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.session.Rights;
import org.jxapi.store.H2Store;
import org.jxapi.task.Tasks;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskAllowedOperations;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;

/** Calls that wait for an object: their order, their number, and what ends their waiting. */
class WaitingTest {
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger attempts = new AtomicInteger();
    private H2Store store;
    private Operations operations;
    private Tasks tasks;
    private Ref<VM> vm;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        operations = new Operations(store);
        tasks = new Tasks(store, Clock.systemUTC());
        vm = store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS)));
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        store.close();
    }

    private Claim claim(Ref<VM> what) {
        return Claim.of(what, VmOperations.START, tx -> {
            attempts.incrementAndGet();
            for (Map.Entry<String, VmOperations> other :
                    tx.get(what, VM.CURRENT_OPERATIONS).entrySet()) {
                throw Errors.otherOperationInProgress(
                        "VM", what.value(), other.getValue().wire(), other.getKey());
            }
        });
    }

    private Call call(BooleanSupplier gone) {
        Ref<Task> task = tasks.begin("VM.start", Ref.nil(), Call.Origin.INTERNAL);
        Call.Origin origin = Call.Origin.INTERNAL.watched(gone);
        return new CallContext("VM.start", Ref.nil(), task, false, origin, store, tasks, Rights.ALL);
    }

    /** Begins to wait for the VM on another thread, and returns when that one is in the line. */
    private Future<Operation> waiter(Call call) throws Exception {
        Future<Operation> waiter = threads.submit(() -> operations.await(call, claim(vm)));
        eventually(() ->
                store.snapshot().get(call.task(), Task.ALLOWED_OPERATIONS).contains(TaskAllowedOperations.CANCEL));
        return waiter;
    }

    private static void eventually(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("it never came true").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void theFirstInTheLineIsWokenFirstAndAllHaveTheirTurn() throws Exception {
        Operation held = operations.await(call(() -> false), claim(vm));
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int number = i;
            Call call = call(() -> false);
            all.add(threads.submit(() -> {
                try (Operation operation = operations.await(call, claim(vm))) {
                    order.add(number);
                }
            }));
            // Once before it is in the line, and once in the line.
            int tried = 1 + 2 * (i + 1);
            eventually(() -> attempts.get() == tried);
        }
        held.close();
        for (Future<?> each : all) {
            each.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        // Behind the first, one that is just trying may overtake another that has just tried in vain.
        assertThat(order).startsWith(0).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void theEndOfAnotherObjectsOperationWakesNobody() throws Exception {
        Ref<VM> other = store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS)));
        Operation held = operations.await(call(() -> false), claim(vm));
        Future<Operation> waiter = waiter(call(() -> false));
        // Once before it is in the line, and once in the line.
        eventually(() -> attempts.get() == 3);
        for (int i = 0; i < 20; i++) {
            operations
                    .await(call(() -> false), Claim.of(other, VmOperations.START, tx -> {}))
                    .close();
            store.change(tx -> tx.set(vm, VM.NAME_DESCRIPTION, tx.get(vm, VM.NAME_DESCRIPTION) + "."));
        }
        // The first change of the object itself may be the end of an operation that nobody saw begin.
        assertThat(attempts.get()).isBetween(3, 4);
        held.close();
        waiter.get(PATIENCE_SECONDS, TimeUnit.SECONDS).close();
    }

    @Test
    void aCancelledWaiterEnds() throws Exception {
        Operation held = operations.await(call(() -> false), claim(vm));
        Call call = call(() -> false);
        Future<Operation> waiter = waiter(call);
        store.change(
                tx -> tx.set(call.task(), Task.CURRENT_OPERATIONS, Map.of("someone", TaskAllowedOperations.CANCEL)));
        assertThatThrownBy(() -> waiter.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(XenApiException.class)
                .hasMessageContaining("TASK_CANCELLED");
        held.close();
        operations.await(call(() -> false), claim(vm)).close();
    }

    @Test
    void aWaiterWhoseClientHasGoneEnds() throws Exception {
        Operation held = operations.await(call(() -> false), claim(vm));
        AtomicBoolean gone = new AtomicBoolean();
        Future<Operation> waiter = waiter(call(gone::get));
        gone.set(true);
        assertThatThrownBy(() -> waiter.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(XenApiException.class)
                .hasMessageContaining("CLIENT_ERROR");
        held.close();
    }

    @Test
    void beyondALimitNobodyMayWait() throws Exception {
        Operation held = operations.await(call(() -> false), claim(vm));
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            all.add(threads.submit(() -> {
                try (Operation operation = operations.await(new InternalCall("VM.start", store), claim(vm))) {
                    done.incrementAndGet();
                } catch (XenApiException e) {
                    assertThat(e.code()).isEqualTo("OTHER_OPERATION_IN_PROGRESS");
                    refused.incrementAndGet();
                }
            }));
        }
        eventually(() -> refused.get() == 600 - 512);
        assertThat(done.get()).isZero();
        held.close();
        for (Future<?> each : all) {
            each.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        assertThat(done.get()).isEqualTo(512);
    }

    @Test
    void whatIsNotAnotherOperationIsNotWaitedFor() {
        Claim never = Claim.of(vm, VmOperations.START, tx -> {
            throw Errors.vmHalted(vm.value());
        });
        assertThatThrownBy(() -> operations.await(new InternalCall("VM.start", store), never))
                .hasMessageContaining("VM_HALTED");
        assertThat(store.snapshot().get(vm, VM.CURRENT_OPERATIONS)).isEmpty();
    }
}
