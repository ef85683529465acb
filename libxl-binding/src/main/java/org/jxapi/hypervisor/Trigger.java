package org.jxapi.hypervisor;

/** A signal to a domain, {@code libxl_trigger}. */
public enum Trigger {
    /** Press of the ACPI power button. */
    POWER(1),
    /** Press of the ACPI sleep button. */
    SLEEP(2),
    NMI(3),
    INIT(4),
    RESET(5),
    /** Wakes an HVM domain from ACPI S3. */
    S3RESUME(6);

    private final int value;

    Trigger(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
