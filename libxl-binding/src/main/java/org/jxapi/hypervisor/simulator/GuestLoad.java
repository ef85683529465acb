package org.jxapi.hypervisor.simulator;

/**
 * The load of a guest in addition to that of an idle one. All counters only grow.
 *
 * @param rates what it does now
 * @param since {@link System#nanoTime} at which the rates began
 * @param done what it has done until then
 */
record GuestLoad(Rates rates, long since, Done done) {
    static final GuestLoad NONE = new GuestLoad(Rates.IDLE, 0, new Done(0, 0, 0, 0, 0));
    private static final double NANOS = 1e9;

    /**
     * @param cpus how many CPUs it keeps busy
     * @param read bytes a second that it reads from each disk
     * @param write bytes a second that it writes to each disk
     * @param received bytes a second that each network interface receives
     * @param sent bytes a second that each network interface sends
     */
    record Rates(double cpus, long read, long write, long received, long sent) {
        static final Rates IDLE = new Rates(0, 0, 0, 0, 0);
    }

    /** The sums: nanoseconds of CPUs, and bytes. */
    record Done(long cpuNanos, long read, long write, long received, long sent) {}

    /** The sums by now. */
    Done now() {
        double seconds = since == 0 ? 0 : (System.nanoTime() - since) / NANOS;
        return new Done(
                done.cpuNanos() + (long) (seconds * rates.cpus() * NANOS),
                done.read() + (long) (seconds * rates.read()),
                done.write() + (long) (seconds * rates.write()),
                done.received() + (long) (seconds * rates.received()),
                done.sent() + (long) (seconds * rates.sent()));
    }

    /** The same guest with other rates from now on. */
    GuestLoad with(Rates other) {
        return new GuestLoad(other, System.nanoTime(), now());
    }

    /** The same guest while it does not run: it keeps its rates for later. */
    GuestLoad stopped() {
        return new GuestLoad(rates, 0, now());
    }

    /** The same guest, which goes on. */
    GuestLoad started() {
        return new GuestLoad(rates, System.nanoTime(), now());
    }
}
