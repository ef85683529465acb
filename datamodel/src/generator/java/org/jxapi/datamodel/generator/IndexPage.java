package org.jxapi.datamodel.generator;

import java.util.List;

/** The first page of the API reference. */
final class IndexPage {
    private IndexPage() {}

    static String of(List<Described> classes) {
        StringBuilder out = new StringBuilder("""
                # API reference

                <!-- Generated from the files in datamodel/src/main/model: do not edit. -->

                This is the XenAPI as jxapi declares it: every class with its fields, messages and enumerations, and all
                [errors](errors.md). [Coverage](../coverage.md) lists the messages that jxapi offers. The others return
                `NOT_IMPLEMENTED`, or XAPI's error for removed messages.

                How to read a page:

                - Call a message as `Class.message`. Its first parameter is the session's reference, unless the
                  signature shows none. `Async.Class.message` returns a task at once and continues in the background.
                - Optional parameters can be omitted from the right.
                - The roles are pool-admin, pool-operator, vm-power-admin, vm-admin, vm-operator and read-only. Each
                  includes the rights of those after it. A message names the lowest role that may call it. root is
                  pool-admin.
                - A client can give fields "at creation" to the constructor (`create`), but cannot set them later. It can
                  give and set fields that are "read and write". Only the server sets "read only" fields.
                - The last table of a page lists the messages that exist for every field and class alike.
                - Sizes are in bytes and times in UTC unless a text says otherwise.

                | class | |
                |---|---|
                """);
        for (Described each : classes) {
            String state = Markdown.state(each.model.lifecycle());
            out.append(Markdown.row(
                    Markdown.link(each.model.name()),
                    Markdown.cell(each.about) + (state.isEmpty() ? "" : " " + state)));
        }
        return out.toString();
    }
}
