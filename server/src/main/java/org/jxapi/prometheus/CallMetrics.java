package org.jxapi.prometheus;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.CallTimes;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;

/** A dispatcher that counts the calls of another one, and how long they take. */
public final class CallMetrics implements Dispatcher {
    /** Upper limits of the histogram, in seconds; the last one has none. */
    private static final double[] LIMITS = {0.001, 0.0025, 0.01, 0.05, 0.25, 1, 5, 30, Double.POSITIVE_INFINITY};

    /** They wait for something to happen, so their time says nothing. */
    private static final Set<String> WAITING = Set.of("event.from", "event.next");

    private static final double NANOS = 1e9;

    private final Dispatcher calls;
    private final CallTimes times;
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicInteger current = new AtomicInteger();
    private final AtomicLongArray buckets = new AtomicLongArray(LIMITS.length);
    private final LongAdder nanos = new LongAdder();

    /** @param times keeps the times of each message */
    public CallMetrics(Dispatcher calls, CallTimes times) {
        this.calls = calls;
        this.times = times;
    }

    @Override
    public CompletionStage<Reply> dispatch(Call.Request request) {
        long begin = System.nanoTime();
        current.incrementAndGet();
        return calls.dispatch(request).whenComplete((reply, e) -> ended(request.method(), begin, reply));
    }

    @Override
    public boolean immediate(String method) {
        return calls.immediate(method);
    }

    @Override
    public Reply call(Call.Request request) {
        long begin = System.nanoTime();
        current.incrementAndGet();
        Reply reply = calls.call(request);
        ended(request.method(), begin, reply);
        return reply;
    }

    private void ended(String method, long begin, Reply reply) {
        current.decrementAndGet();
        (reply instanceof Reply.Failure ? failed : succeeded).increment();
        if (!WAITING.contains(method)) {
            long took = System.nanoTime() - begin;
            int bucket = 0;
            while (took / NANOS > LIMITS[bucket]) {
                bucket++;
            }
            buckets.incrementAndGet(bucket);
            nanos.add(took);
            times.add(method, took);
        }
    }

    void collect(Families families) {
        String help = "Calls of the API that have ended.";
        families.counter("jxapi_calls", help, succeeded.sum(), "outcome", "success");
        families.counter("jxapi_calls", help, failed.sum(), "outcome", "failure");
        families.gauge("jxapi_calls_current", "Calls that run or wait.", current.get());
        ClassicHistogramBuckets.Builder counts = ClassicHistogramBuckets.builder();
        for (int i = 0; i < LIMITS.length; i++) {
            counts.bucket(LIMITS[i], buckets.get(i));
        }
        HistogramSnapshot.HistogramDataPointSnapshot.Builder point =
                HistogramSnapshot.HistogramDataPointSnapshot.builder();
        point.classicHistogramBuckets(counts.build());
        point.sum(nanos.sum() / NANOS);
        families.add(HistogramSnapshot.builder()
                .name("jxapi_call_duration_seconds")
                .help("Time of calls, without those that wait for events.")
                .dataPoint(point.build())
                .build());
    }
}
