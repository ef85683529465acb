package org.jxapi.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.Amounts;
import org.jxapi.cli.record.CliObject;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.DataSource;

/** The commands about what is measured of VMs, hosts and SRs. */
final class DataSourceCommands {
    private DataSourceCommands() {}

    static void declare(CommandTable t) {
        declare(t::vms, "vm", "VM", "a VM", Scope.CONTROL_ONE);
        declare(t::hosts, "host", "host", "a host", Scope.ONE);
        declare(t::srs, "sr", "SR", "an SR", Scope.ONE);
    }

    private interface Declaration {
        void of(
                String name,
                String required,
                String optional,
                String help,
                Scope scope,
                CommandTable.Action action,
                Command.Flag... flags);
    }

    private static void declare(Declaration d, String noun, String className, String what, Scope scope) {
        d.of(
                noun + "-data-source-list",
                "",
                "",
                "Lists the measurements of " + what + ".",
                scope,
                (c, o) -> list(c, c.call(className + ".get_data_sources", o.ref())));
        d.of(
                noun + "-data-source-record",
                "data-source",
                "",
                "Starts recording a measurement of " + what + ".",
                scope,
                (c, o) -> c.call(className + ".record_data_source", o.ref(), c.need("data-source")));
        d.of(
                noun + "-data-source-query",
                "data-source",
                "",
                "Shows the last value of a measurement of " + what + ".",
                scope,
                (c, o) -> query(c, className, o));
        d.of(
                noun + "-data-source-forget",
                "data-source",
                "",
                "Stops recording a measurement of " + what + " and deletes its recordings.",
                scope,
                (c, o) -> c.call(className + ".forget_data_source_archives", o.ref(), c.need("data-source")));
    }

    private static void query(Context c, String className, CliObject object) throws IOException {
        Object value = c.call(className + ".query_data_source", object.ref(), c.need("data-source"));
        c.print(Amounts.decimal((Double) value, 6));
    }

    private static void list(Context c, Object sources) throws IOException {
        List<List<Map.Entry<String, String>>> records = new ArrayList<>();
        for (Object source : (List<?>) sources) {
            Row<DataSource> row = ((Row<?>) source).as(DataSource.XEN_CLASS);
            records.add(List.of(
                    Map.entry("name_label", row.get(DataSource.NAME_LABEL)),
                    Map.entry("name_description", row.get(DataSource.NAME_DESCRIPTION)),
                    Map.entry("enabled", String.valueOf(row.get(DataSource.ENABLED))),
                    Map.entry("standard", String.valueOf(row.get(DataSource.STANDARD))),
                    Map.entry("min", Amounts.decimal(row.get(DataSource.MIN), 3)),
                    Map.entry("max", Amounts.decimal(row.get(DataSource.MAX), 3)),
                    Map.entry("units", row.get(DataSource.UNITS))));
        }
        c.printer().records(records);
    }
}
