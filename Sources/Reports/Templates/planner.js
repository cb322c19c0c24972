/* Plans in the page, with the arithmetic of `tare plan` (CapacityPlan in the target Analysis): what one rounds, refuses or compares,
   the other does likewise, and a test holds both to the same answers. The form is made here, so that a page without scripts shows
   the fixed table only. */
(function () {
  "use strict";

  const holder = document.getElementById("planner");
  const source = document.getElementById("planner-data");
  if (!holder || !source) return;
  const data = JSON.parse(source.textContent);

  // Ranges: [figure, lower end, upper end].
  const zero = [0, 0, 0];
  const plus = (one, other) => one.map((value, end) => value + other[end]);
  const times = (factor, range) => range.map((value) => factor * value);
  const exactly = (value) => [value, value, value];
  const unique = (list) => [...new Set(list)];

  // The more each needs, the fewer there are: the upper end of a need gives the lower end of the number.
  function whole(group, each, most) {
    const count = (need) => Math.floor(Math.max(0, most(need)) / group) * group;
    return [count(each[0]), count(each[2]), count(each[1])];
  }

  /* Limits of a host */

  function kernelLimits(memory, cpus) {
    const threads = Math.min(0x3fffffff, Math.max(20, Math.floor(memory / 131072)));
    const namespaces = Math.floor(threads / 2);
    const limits = {
      "pid_max": Math.min(4194304, Math.max(32768, 1024 * Math.max(0, cpus))),
      "threads-max": threads,
      "memory cgroups": 65535,
      "mount-max": 100000,
      "bridge ports": 1023,
      "file-max": Math.max(8192, Math.floor(Math.floor(memory / 1024) / 10)),
      "root_maxkeys": 1000000,
      "root_maxbytes": 25000000,
      "max_user_instances": 128,
      "aio-max-nr": 65536,
      "pty.max": 4096
    };
    for (const kind of ["net", "mnt", "pid", "ipc", "uts", "cgroup"]) limits["max_" + kind + "_namespaces"] = namespaces;
    return limits;
  }

  function hostLimits(request) {
    const limits = kernelLimits(request.hostMemoryBytes, request.hostCPUs);
    if (request.hostLimits === "debian-12") {
      limits["pid_max"] = 4194304;
      limits["file-max"] = 9223372036854775807;
    }
    if (request.hostDiskBytes) {
      const bytes = request.hostDiskBytes;
      const tebibytes = Math.floor(bytes / 2 ** 40);
      const inodes = Math.floor(bytes / (tebibytes < 4 ? 16384 : tebibytes < 16 ? 32768 : 65536));
      const own = inodes * 256 + Math.min(2 ** 30, Math.floor(bytes / 64));
      limits["disk"] = bytes - Math.min(bytes, own);
      limits["inodes"] = inodes;
    }
    return limits;
  }

  const reserved = (resource) => data.resources[resource].reserved;

  function limitShare(take, limit, inUse, group) {
    const most = limit - reserved(take.resource);
    const holds = whole(group, take.each, (each) =>
      each > 0 ? Math.max(0, Math.floor((most - inUse) / each)) : Infinity);
    return { resource: take.resource, each: take.each, limit: limit, inUse: inUse, holds: holds };
  }

  /* What was measured */

  // The sum of a mix's workloads on one platform.
  function combine(mix, platform) {
    const sum = {
      platform: platform, emulated: false, caveats: [], refusal: null, bytesEach: zero, perCPUBytes: 0, fixedBytes: 0,
      idleCPU: zero, takes: [], takesKnown: true, measured: Infinity, container: false, guest: false
    };
    for (const share of mix) {
      const part = data.parts.find((one) => one.workload === share.workload && one.platform === platform);
      if (part.refusal !== undefined) {
        sum.refusal = part.refusal;
        sum.measured = 0;
        return sum;
      }
      sum.container = part.container;
      sum.guest = part.guest;
      sum.emulated = sum.emulated || part.emulated;
      sum.caveats = unique(sum.caveats.concat(part.caveats));
      sum.bytesEach = plus(sum.bytesEach, times(share.share, part.bytesEach));
      sum.fixedBytes = Math.max(sum.fixedBytes, part.fixedBytes);
      const known = sum.perCPUBytes !== null && part.perCPUBytes !== undefined;
      sum.perCPUBytes = known ? sum.perCPUBytes + share.share * part.perCPUBytes : null;
      const cpu = sum.idleCPU !== null && part.idleCPU !== undefined;
      sum.idleCPU = cpu ? plus(sum.idleCPU, times(share.share, part.idleCPU)) : null;
      sum.takesKnown = sum.takesKnown && part.takesKnown;
      for (const take of part.takes) {
        const mine = times(share.share, take.each);
        const other = sum.takes.find((one) => one.resource === take.resource);
        if (!other) {
          sum.takes.push({ resource: take.resource, each: mine, inUse: take.inUse });
        } else {
          other.each = plus(other.each, mine);
          other.inUse = Math.max(other.inUse, take.inUse);
        }
      }
      sum.measured = Math.min(sum.measured, part.measured);
    }
    return sum;
  }

  // The kernel keeps some memory for each CPU.
  function bytesOn(part, cpus) {
    const from = data.measuredCPUs;
    if (!from || from === cpus || !(part.perCPUBytes > 0)) return { bytes: part.bytesEach, caveats: [] };
    const more = Math.max(part.perCPUBytes * (cpus / from - 1), -part.bytesEach[1] / 2);
    return {
      bytes: plus(part.bytesEach, exactly(more)),
      caveats: ["per-CPU memory scaled from " + from + " to " + cpus + " CPUs"]
    };
  }

  /* How many there are */

  function fill(row, request, limits, needs, measured) {
    const unreserved = Math.max(0, request.hostMemoryBytes - request.reserveBytes);
    const usable = unreserved * request.utilisation - Math.max(0, needs.fixedBytes);
    const cpus = request.hostCPUs * request.utilisation;
    const group = needs.group;
    const bounds = [{ name: "memory", most: whole(group, needs.bytesEach, (each) => usable / each) }];
    if (needs.idleCPU) {
      bounds.push({ name: "CPU", most: whole(group, needs.idleCPU, (each) => (each > 0 ? cpus / each : Infinity)) });
    }
    row.limits = needs.takes
      .filter((take) => take.each[2] > 0 && limits[take.resource] !== undefined)
      .map((take) => {
        const inUse = data.resources[take.resource].isOfDisk ? 0 : take.inUse;
        return limitShare(take, limits[take.resource], inUse, group);
      })
      .sort((one, other) => (one.holds[0] < other.holds[0] ? -1 : one.holds[0] > other.holds[0] ? 1 : 0));
    for (const share of row.limits) bounds.push({ name: share.resource, share: share, most: share.holds });
    if (request.maxPerHost) {
      const most = request.maxPerHost;
      bounds.push({ name: "max-per-host (" + most + ")", most: whole(group, exactly(1), () => most) });
    }
    const least = (end) => bounds.reduce(
      (found, next) => (next.most[end] < found.most ? { bound: next, most: next.most[end] } : found),
      { bound: { name: "memory" }, most: Infinity });
    const [value, lower, upper] = [least(0), least(1), least(2)];
    if (!(lower.most > 0)) {
      const what = group === 1 ? "instance" : "virtual machine with " + group + " containers";
      row.refusal = value.most > 0
        ? "at the upper end of what it takes not a single " + what + " fits into a host: " + boundText(lower.bound)
        : "not a single " + what + " fits into a host: " + boundText(value.bound);
      return;
    }
    if (value.most === Infinity || upper.most === Infinity) {
      row.refusal = "nothing is known that ends the number of instances; measure its footprint again";
      return;
    }
    row.bytesEach = needs.bytesEach;
    row.perHost = [value.most, lower.most, upper.most];
    row.bound = value.bound;
    row.binds = boundText(value.bound) + (needs.idleCPU ? "" : "; CPU is unknown");
    row.basis = value.most <= measured ? "measured" : value.most <= 2 * measured ? "extrapolated" : "extrapolated, long";
    const hosts = (each) => Math.ceil(request.instances / each);
    row.hosts = [hosts(value.most), hosts(upper.most), hosts(lower.most)];
    const all = plus(row.hosts, exactly(request.spareHosts));
    row.hostsInAll = all[0];
    const bought = all[0] * unreserved;
    if (bought > 0) row.wasted = Math.max(0, 1 - (request.instances * needs.bytesEach[0]) / bought);
    if (request.pricePerHostMonth !== null) row.costPerMonth = times(request.pricePerHostMonth, all);
  }

  const emulatedText = "its guests ran under software emulation, which says nothing about virtual machines under KVM; "
    + "measure on a host with KVM, or give --accept-emulated";

  function ownRow(request, limits, part, name) {
    const { bytes, caveats } = bytesOn(part, request.hostCPUs);
    const row = {
      workload: name, platform: part.platform, emulated: part.emulated, caveats: part.caveats, scaled: caveats,
      limits: [], limitsKnown: part.takesKnown, measuredInstances: part.measured
    };
    if (part.refusal !== null) row.refusal = part.refusal;
    else if (part.emulated && !request.acceptsEmulated) row.refusal = emulatedText;
    else {
      const needs = {
        bytesEach: bytes, fixedBytes: part.fixedBytes, idleCPU: part.idleCPU, takes: part.takes, group: 1
      };
      fill(row, request, limits, needs, part.measured);
      const fate = part.guest ? 1 : row.perHost && row.perHost[0];
      if (fate !== undefined) row.sharedFate = fate;
    }
    return row;
  }

  // The limit of a guest's own kernel that ends the number of its containers first.
  function limitInside(container, memory, cpus) {
    const limits = kernelLimits(Math.trunc(Math.min(Math.max(0, memory), 2 ** 62)), cpus);
    let first = null;
    for (const take of container.takes) {
      if (!(take.each[2] > 0) || limits[take.resource] === undefined) continue;
      const isOfProcesses = take.resource === "pid_max" || take.resource === "threads-max";
      const share = limitShare(take, limits[take.resource], isOfProcesses ? take.inUse : 0, 1);
      if (!first || share.holds[1] < first.holds[1]) first = share;
    }
    return first;
  }

  // Virtual machines as the boundary, with containers inside.
  function mixedRow(request, limits, mix, name, guest, container, count) {
    const allowance = { memory: 0, cpus: 1 };
    const told = mix.map((share) => ({ share: share.share, one: data.allowances.find((a) => a.workload === share.workload) }));
    for (const { share, one } of told) allowance.memory += share * (one ? one.memoryBytes : 0);
    const counts = told.filter(({ one }) => one).map(({ one }) => one.cpus);
    if (counts.length) allowance.cpus = Math.max(...counts);
    const outside = bytesOn(guest, request.hostCPUs);
    const inside = bytesOn(container, Math.max(data.measuredCPUs || 0, allowance.cpus));
    const row = {
      workload: name, platform: guest.platform + " with " + count + " x " + container.platform, containersPerVM: count,
      emulated: guest.emulated, caveats: unique(guest.caveats.concat(container.caveats)),
      scaled: unique(outside.caveats.concat(inside.caveats)), limits: [],
      limitsKnown: guest.takesKnown && container.takesKnown, measuredInstances: 0
    };
    if (guest.emulated && !request.acceptsEmulated) {
      row.refusal = emulatedText;
      return row;
    }
    const more = count - 1;
    const each = (one, other) => times(1 / count, plus(one, times(more, other)));
    const full = limitInside(container, allowance.memory + more * inside.bytes[0], allowance.cpus);
    if (full && full.holds[1] < count) {
      const when = full.holds[0] < count ? "" : "at the upper end of what they take ";
      row.refusal = when + "the kernel of such a guest holds " + rangeText(full.holds, endless) + " containers, not "
        + count + ": " + full.resource + " of " + amount(full.resource, full.limit) + ", " + eachText(full) + " each";
      return row;
    }
    const disk = container.takes.find((take) => take.resource === "disk");
    const takes = guest.takes.map((take) => ({
      resource: take.resource, inUse: take.inUse,
      each: each(take.each, take.resource === "disk" && disk ? disk.each : zero)
    }));
    const needs = {
      bytesEach: each(outside.bytes, inside.bytes), fixedBytes: guest.fixedBytes,
      idleCPU: guest.idleCPU && container.idleCPU ? each(guest.idleCPU, container.idleCPU) : null,
      takes: takes, group: count
    };
    fill(row, request, limits, needs, 0);
    row.sharedFate = count;
    return row;
  }

  /** A plan's rows, named as in the JSON of `tare plan`; ranges are [figure, lower end, upper end]. */
  function plan(request) {
    const limits = hostLimits(request);
    const platforms = unique(data.parts.map((part) => part.platform));
    const workloads = unique(data.parts.map((part) => part.workload));
    const mixes = request.mix ? [request.mix] : workloads.map((name) => [{ workload: name, share: 1 }]);
    return mixes.flatMap((mix) => {
      const name = mix.length === 1
        ? mix[0].workload : mix.map((one) => one.workload + " " + percent(one.share)).join(", ");
      const parts = platforms.map((platform) => combine(mix, platform));
      const rows = parts.map((part) => ownRow(request, limits, part, name));
      const guests = parts.filter((part) => part.guest && part.refusal === null);
      const containers = parts.filter((part) => part.container && part.refusal === null);
      for (const guest of guests) {
        for (const container of containers) {
          for (const count of request.containersPerVM) {
            rows.push(mixedRow(request, limits, mix, name, guest, container, count));
          }
        }
      }
      return rows;
    });
  }

  /* Words and figures, as the report writes them */

  function number(value) {
    if (!Number.isFinite(value)) return "not a number";
    if (Math.abs(value) < 1e-9) return "0";
    const power = (exponent) => Number("1e" + exponent);
    const scale = power(2 - Math.floor(Math.log10(Math.abs(value))));
    const rounded = (Math.sign(value) * Math.round(Math.abs(value * scale))) / scale;
    const exponent = Math.floor(Math.log10(Math.abs(rounded)));
    return rounded.toFixed(Math.min(Math.max(0, 2 - exponent), 9));
  }
  const percent = (share) => number(share * 100) + " %";
  const thousands = (count) => String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const instances = (count) => thousands(Math.floor(Math.max(0, Math.min(count, 1e15))));
  const endless = (count) => (count === Infinity ? "any number" : instances(count));

  const sizes = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  function sizeOf(bytes) {
    let [size, index] = [1, 0];
    while (Math.abs(bytes) / size >= 1000 && index < sizes.length - 1) {
      size *= 1024;
      index += 1;
    }
    return [size, sizes[index]];
  }
  function byteCount(bytes) {
    const [size, unit] = sizeOf(bytes);
    return number(bytes / size) + " " + unit;
  }
  function amount(resource, value) {
    if (data.resources[resource].isBytes) return byteCount(value);
    return Math.abs(value - Math.round(value)) < 0.005 || value >= 1000 ? instances(Math.round(value)) : number(value);
  }
  function eachText(share) {
    const { isBytes, noun, singular } = data.resources[share.resource];
    const text = amount(share.resource, share.each[0]);
    return isBytes ? text : text + " " + (text === "1" ? singular : noun);
  }
  const boundText = (bound) => bound.name + (bound.share ? " (" + eachText(bound.share) + " an instance)" : "");
  function ends(range, write) {
    const [lower, upper] = [write(Math.min(range[1], range[2])), write(Math.max(range[1], range[2]))];
    return lower === upper ? "" : " [" + lower + " to " + upper + "]";
  }
  const rangeText = (range, write) => write(range[0]) + ends(range, write);
  function bytesText(range) {
    const [size, unit] = sizeOf(range[0]);
    const interval = range[1] === range[2]
      ? "" : " [" + number(range[1] / size) + " to " + number(range[2] / size) + " " + unit + "]";
    return byteCount(range[0]) + interval;
  }

  /* The form */

  const units = {
    KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12
  };
  const mostBytes = 2 ** 50;

  class Wrong extends Error {
    constructor(field, message) {
      super(message);
      this.field = field;
    }
  }

  // In whole numbers: 2.05GB are 2,050,000,000 and no byte less.
  function exactBytes(whole, part, unit) {
    const size = BigInt(unit);
    return Number(BigInt(whole) * size + (BigInt(part || "0") * size) / 10n ** BigInt(part.length));
  }

  function bytesOf(field, what) {
    const found = /^\s*(\d+)(?:\.(\d+))?\s*([kKMGT]i?B)\s*$/.exec(field.value);
    const bytes = found && units[found[3]] ? exactBytes(found[1], (found[2] || "").slice(0, 18), units[found[3]]) : 0;
    if (!(bytes > 0 && bytes <= mostBytes)) {
      throw new Wrong(field, what + ": write a number with its unit, such as 512GiB or 512GB, up to 1024TiB.");
    }
    return bytes;
  }
  function countOf(field, what, least, most) {
    const text = field.value.trim();
    const count = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (!(count >= least && count <= most)) {
      throw new Wrong(field, what + ": write a whole number from " + thousands(least) + " to " + thousands(most) + ".");
    }
    return count;
  }
  function decimalOf(field, what, most) {
    const text = field.value.trim();
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (!(value >= 0 && value <= most)) throw new Wrong(field, what + ": write a number from 0 to " + thousands(most) + ".");
    return value;
  }

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  const fields = {};
  function input(name, label, value, hint) {
    const attributes = { id: "plan-" + name, name: name, value: value, autocomplete: "off", spellcheck: "false" };
    if (hint) attributes.placeholder = hint;
    fields[name] = element("input", attributes);
    return element("label", { for: "plan-" + name }, label, fields[name]);
  }

  const workloads = unique(data.parts.map((part) => part.workload));
  const hasEmulated = data.parts.some((part) => part.emulated);
  const hasMixed = data.parts.some((part) => part.guest) && data.parts.some((part) => part.container);

  function read() {
    const request = {
      hostMemoryBytes: bytesOf(fields.memory, "Memory of a host"),
      hostCPUs: countOf(fields.cpus, "CPUs of a host", 1, 100000),
      reserveBytes: bytesOf(fields.reserve, "Kept free"),
      instances: countOf(fields.instances, "Instances", 1, 1000000000),
      spareHosts: countOf(fields.spare, "Spare hosts", 0, 1000000),
      hostLimits: fields.limits.value,
      hostDiskBytes: fields.disk.value.trim() ? bytesOf(fields.disk, "Disk of a host") : null,
      maxPerHost: fields.most.value.trim() ? countOf(fields.most, "At most on a host", 1, 1000000000) : null,
      pricePerHostMonth: fields.price.value.trim() ? decimalOf(fields.price, "Price", 1e12) : null,
      acceptsEmulated: hasEmulated && fields.emulated.checked,
      containersPerVM: [],
      mix: null
    };
    if (request.reserveBytes >= request.hostMemoryBytes) {
      throw new Wrong(fields.reserve, "Kept free: less than the memory of the host, or nothing is left.");
    }
    const share = decimalOf(fields.utilisation, "Used of the rest", 100);
    if (share === 0) throw new Wrong(fields.utilisation, "Used of the rest: more than 0 %.");
    request.utilisation = share / 100;
    if (hasMixed) {
      for (const word of fields.containers.value.split(",").filter((one) => one.trim())) {
        const count = /^\s*\d{1,6}\s*$/.test(word) ? Number(word) : 0;
        if (!(count >= 1 && count <= 100000)) {
          throw new Wrong(fields.containers, "Containers in a virtual machine: write numbers from 1 to 100,000, such as 5,20,100.");
        }
        request.containersPerVM.push(count);
      }
      if (!request.containersPerVM.length) {
        throw new Wrong(fields.containers, "Containers in a virtual machine: write at least one number, such as 20.");
      }
    }
    const shares = workloads.map((name, index) => {
      const field = workloads.length > 1 ? fields["mix" + index] : null;
      return { workload: name, percent: field && field.value.trim() ? decimalOf(field, "Share of " + name, 100) : 0 };
    }).filter((one) => one.percent > 0);
    if (shares.length) {
      const sum = shares.reduce((all, one) => all + one.percent / 100, 0) * 100;
      if (Math.abs(sum - 100) >= 0.01) {
        throw new Wrong(fields.mix0, "The shares of the mix sum up to " + number(sum) + " %: let them sum up to 100 %, or leave all empty.");
      }
      request.mix = shares.map((one) => ({ workload: one.workload, share: one.percent / 100 }));
      request.percents = shares.map((one) => one.percent);
    }
    return request;
  }

  function commandOf(request) {
    const words = ["tare", "plan"];
    for (const run of data.runs) words.push("--run", run);
    words.push("--host-memory", fields.memory.value.replace(/\s/g, ""), "--host-cpus", request.hostCPUs);
    words.push("--reserve", fields.reserve.value.replace(/\s/g, ""), "--instances", request.instances);
    if (request.utilisation < 1) words.push("--utilisation", fields.utilisation.value.trim() + "%");
    if (request.hostLimits !== "kernel") words.push("--host-limits", request.hostLimits);
    if (request.hostDiskBytes) words.push("--host-disk", fields.disk.value.replace(/\s/g, ""));
    if (request.maxPerHost) words.push("--max-per-host", request.maxPerHost);
    if (request.spareHosts) words.push("--spare-hosts", request.spareHosts);
    if (request.pricePerHostMonth !== null) words.push("--price-per-host-month", request.pricePerHostMonth);
    if (request.mix) words.push("--mix", request.mix.map((one, index) => one.workload + "=" + request.percents[index] + "%").join(","));
    if (request.containersPerVM.length) words.push("--containers-per-vm", request.containersPerVM.join(","));
    if (request.acceptsEmulated) words.push("--accept-emulated");
    return words.map((word) => (/^[\w.,=%:\/+-]+$/.test(word) ? word : "'" + String(word).replace(/'/g, "'\\''") + "'")).join(" ");
  }

  function cell(text, isNumeric) {
    return element("td", isNumeric ? { class: "numeric" } : {}, text);
  }

  // Of numbers only, so that it may be written as markup.
  function bar(share) {
    const holder = element("span", { "aria-hidden": "true" });
    const width = (share * 100).toFixed(1);
    holder.innerHTML = '<svg class="planbar" width="100%" height="6"><rect width="' + width + '%" height="6" rx="2"></rect></svg>';
    return holder;
  }

  let telling;

  function show() {
    for (const field of Object.values(fields)) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
    clearTimeout(telling);
    let request;
    try {
      request = read();
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      error.field.setAttribute("aria-invalid", "true");
      error.field.setAttribute("aria-describedby", "plan-trouble");
      result.hidden = true;
      // Whoever is still typing is not interrupted.
      telling = setTimeout(() => { trouble.textContent = error.message; }, 500);
      return;
    }
    trouble.textContent = "";
    result.hidden = false;
    const rows = plan(request);
    const sized = rows.filter((row) => !row.refusal);
    const mostHosts = Math.max(1, ...sized.map((row) => row.hostsInAll));
    const spare = request.spareHosts ? " + " + request.spareHosts + " spare" : "";
    const titles = ["platform", "hosts", "on each host", "what binds", "memory of one more", "basis"];
    if (request.pricePerHostMonth !== null) titles.splice(2, 0, "cost a month");
    if (rows.some((row) => row.workload !== rows[0].workload)) titles.unshift("workload");
    const head = element("tr", {}, ...titles.map((title) =>
      element("th", { scope: "col", ...(/hosts?$|cost/.test(title) ? { class: "numeric" } : {}) }, title)));
    const lines = rows.map((row) => {
      const name = element("th", { scope: "row" }, row.platform);
      for (const caveat of row.caveats) name.append(" ", element("span", { class: "mark" }, caveat));
      const line = element("tr", {});
      if (titles[0] === "workload") line.append(element("th", { scope: "row" }, row.workload));
      line.append(name);
      if (row.refusal) {
        line.append(element("td", { colspan: titles.length - (titles[0] === "workload" ? 2 : 1) }, "not sized: " + row.refusal + "."));
        return line;
      }
      const hosts = element("td", { class: "numeric" }, element("strong", {}, instances(row.hosts[0]) + spare), ends(row.hosts, instances));
      hosts.append(bar(row.hostsInAll / mostHosts));
      line.append(hosts);
      if (row.costPerMonth) line.append(cell(rangeText(row.costPerMonth, instances), true));
      const limits = row.limitsKnown ? "" : " (without most limits of the kernel)";
      const basis = row.containersPerVM ? "extrapolated, assumed" : row.basis;
      const measured = row.containersPerVM ? "" : "; " + instances(row.measuredInstances) + " were really running";
      line.append(
        cell(rangeText(row.perHost, instances), true), cell(row.binds),
        cell(bytesText(row.bytesEach) + (row.scaled.length ? " (" + row.scaled.join(", ") + ")" : "")),
        cell(basis + measured + limits));
      return line;
    });
    table.replaceChildren(element("thead", {}, head), element("tbody", {}, ...lines));
    const said = sized.filter((row) => !row.containersPerVM).map((row) =>
      row.workload + ": " + instances(row.hosts[0]) + spare + (row.hostsInAll === 1 ? " host" : " hosts") + " with " + row.platform
      + (row.emulated ? " (emulated)" : "") + ", " + instances(row.perHost[0]) + " on each (" + row.bound.name + " binds)");
    answer.textContent = said.length ? said.join("; ") + "." : "No platform can be sized for this.";
    command.textContent = commandOf(request);
  }

  const limits = element("select", { id: "plan-limits", name: "limits" },
    element("option", { value: "kernel" }, "the kernel's defaults"), element("option", { value: "debian-12" }, "Debian 12 with systemd"));
  const form = element("form", { class: "tools", "aria-label": "The host and the instances" },
    input("memory", "Memory of a host", "256GiB"), input("cpus", "CPUs of a host", "32"), input("reserve", "Kept free", "4GiB"),
    input("utilisation", "Used of the rest, in %", "100"), input("instances", "Instances in all", "1000"),
    element("label", { for: "plan-limits" }, "Limits", limits),
    input("disk", "Disk of a host", "", "does not bind"), input("most", "At most on a host", "", "no limit"),
    input("spare", "Spare hosts", "0"), input("price", "Price of a host a month", "", "not asked"));
  fields.limits = limits;
  if (hasMixed) form.append(input("containers", "Containers in a VM", "5,20,100"));
  if (workloads.length > 1) {
    const shares = workloads.map((name, index) => input("mix" + index, name, "", "%"));
    form.append(element("fieldset", {}, element("legend", {}, "A mix, in % (empty: each workload by itself)"), ...shares));
  }
  if (hasEmulated) {
    fields.emulated = element("input", { id: "plan-emulated", name: "emulated", type: "checkbox" });
    form.append(element("label", { for: "plan-emulated", class: "check" }, fields.emulated, "take emulated guests for virtual machines"));
  }
  const trouble = element("p", { id: "plan-trouble", class: "trouble", role: "alert" });
  const answer = element("p", { class: "answer", role: "status" });
  const table = element("table", {});
  const command = element("code", {});
  const scroll = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The plan" }, table);
  const result = element("div", {}, answer, scroll, element("p", {}, "The same from the run itself:"),
    element("pre", { tabindex: "0" }, command));
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  holder.append(element("h3", {}, "Plan your own"), form, trouble, result);
  holder.hidden = false;
  holder.tarePlan = plan;
  show();
})();
