package org.jxapi.datamodel.generator;

import java.util.List;

/** The first page of the API reference. */
final class IndexPage {
    private IndexPage() {}

    static String of(List<Described> classes) {
        StringBuilder out = new StringBuilder("""
                # API reference

                <!-- Generated from the files in datamodel/src/main/model: do not edit. -->

                The XenAPI as jxapi declares it: every class with its fields, messages and enumerations, and all
                [errors](errors.md). [Coverage](../coverage.md) says which messages jxapi offers; the others answer
                `NOT_IMPLEMENTED` or what XAPI answers for removed ones.

                How to read a page:

                - A message is called as `Class.message`. Its first parameter is the session's reference unless the
                  signature shows none; `Async.Class.message` answers a task at once and works on in the background.
                - Parameters marked optional may be left off from the right.
                - Roles: pool-admin, pool-operator, vm-power-admin, vm-admin, vm-operator, read-only; each may do what
                  those after it may. A message names the least role that may call it. root is pool-admin.
                - Fields "at creation" can be given to the constructor (`create`) and have no setter; those that are
                  "read and write" can be given and set; "read only" ones are the server's.
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
