package org.jxapi.cli.command;

/** The commands of xe, from every noun. */
public final class AllCommands {
    private AllCommands() {}

    /** A table of all commands. */
    public static CommandTable table() {
        CommandTable table = new CommandTable();
        GenericCommands.declare(table);
        VmCommands.declare(table);
        VmMemoryCommands.declare(table);
        VmPowerCommands.declare(table);
        VmInstallCommands.declare(table);
        VmCopyCommands.declare(table);
        VmUninstallCommands.declare(table);
        VmDiskCommands.declare(table);
        VmMigrateCommands.declare(table);
        TransferCommands.declare(table);
        HostFileCommands.declare(table);
        PoolFileCommands.declare(table);
        ImageCommands.declare(table);
        SnapshotCommands.declare(table);
        VdiCommands.declare(table);
        VbdCommands.declare(table);
        VifCommands.declare(table);
        SrCommands.declare(table);
        SrProbeCommands.declare(table);
        NetworkCommands.declare(table);
        HostCommands.declare(table);
        HostControlCommands.declare(table);
        HostSetupCommands.declare(table);
        PoolCommands.declare(table);
        PoolHaCommands.declare(table);
        PoolSetupCommands.declare(table);
        MessageCommands.declare(table);
        DiagnosticCommands.declare(table);
        DataSourceCommands.declare(table);
        UpdateCommands.declare(table);
        AccessCommands.declare(table);
        TokenCommands.declare(table);
        NeighbourCommands.declare(table);
        HardwareCommands.declare(table);
        PolicyCommands.declare(table);
        RecoveryCommands.declare(table);
        ClusterCommands.declare(table);
        ObserverCommands.declare(table);
        EventWait.declare(table);
        return table;
    }
}
