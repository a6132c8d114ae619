/*
 * What the parties of the demonstration write: retold after the cases that the mission came from, with invented details. Every text says
 * that it is fictional.
 */

const FICTIONAL = 'Fictional example.';
const DAY_MS = 86_400_000;

const at = (days: number): string => `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 19)}Z`;
const grade = (source: string, information: string): object => ({ scheme: '4X4', source, information });

/** Story 1: what a partner knew in February of a line that reached Ho Chi Minh City in May. */
export function ketamineAlert(): object {
  return {
    language: 'en',
    kind: 'MODUS_OPERANDI',
    severity: 'HIGH',
    urgency: 'URGENT',
    validFrom: at(0),
    validTo: at(30),
    title: 'Drug line through Ho Chi Minh City',
    summary: `A group sends drugs hidden in ordinary goods by way of Ho Chi Minh City to a third place. ${FICTIONAL}`,
    commodityGroups: ['DRUGS'],
    indicators: [
      {
        id: 'I1',
        type: 'ROUTE_UNUSUAL',
        text: `The goods are cheaper where they are going. ${FICTIONAL}`,
        weight: 'HIGH',
        grade: grade('B', '2'),
      },
    ],
    evaluation: grade('B', '2'),
    requestedAction: 'MONITOR_ONLY',
    feedbackRequired: true,
    feedbackDueAt: at(20),
  };
}

/** Story 2: the notice that follows a seizure, with the mass as it became known. */
export function noticeTo218(kilograms: string): object {
  return {
    language: 'en',
    kind: 'CONSIGNMENT',
    severity: 'HIGH',
    urgency: 'URGENT',
    validFrom: at(0),
    validTo: at(21),
    title: `Consignment of about ${kilograms} kg, same packing as the one seized here`,
    summary: `After a seizure of drugs hidden in iron frames, a second consignment with the same packing has left. ${FICTIONAL}`,
    commodityGroups: ['DRUGS'],
    goods: [
      {
        commodityGroup: 'DRUGS',
        description: 'Suspected drugs',
        quantity: { value: kilograms, unit: 'KGM' },
        concealed: true,
      },
    ],
    consignment: {
      containers: [{ number: 'MWCU6059784', checkDigit: 'OK' }],
      masterBl: 'EXAMPLE2180001',
      declaredDescription: 'Iron frames',
      loadingPlace: 'VNSGN',
      dischargePlace: 'PHMNL',
      eta: at(5),
    },
    conveyance: { mode: 'SEA', vessel: { name: 'EXAMPLE STAR', imo: '9074729' } },
    route: [
      { role: 'DEPARTURE', locode: 'VNSGN', certainty: 'CONFIRMED' },
      { role: 'DESTINATION', locode: 'PHMNL', certainty: 'SUSPECTED' },
    ],
    indicators: [
      {
        id: 'I1',
        type: 'WEIGHT_MISMATCH',
        text: `The same packing as in the consignment that was seized. ${FICTIONAL}`,
        weight: 'HIGH',
        grade: grade('A', '1'),
      },
    ],
    evaluation: grade('A', '2'),
    requestedAction: 'OPEN',
    feedbackRequired: true,
    feedbackDueAt: at(12),
  };
}

/** Story 3: luggage from Havana that changes planes in Moscow. */
export function cigarsAlert(): object {
  return {
    language: 'en',
    kind: 'CONSIGNMENT',
    severity: 'MEDIUM',
    urgency: 'ROUTINE',
    validFrom: at(0),
    validTo: at(10),
    title: 'Two pieces of luggage with cigars, Havana – Moscow – Tan Son Nhat',
    summary: `Cigars without papers, about 46 kg, in two pieces of luggage that change planes in Moscow. ${FICTIONAL}`,
    commodityGroups: ['TOBACCO'],
    consignment: { declaredDescription: 'Luggage, two pieces', eta: at(2) },
    conveyance: { mode: 'AIR', flight: { number: 'VN0062' } },
    route: [
      { role: 'DEPARTURE', locode: 'CUHAV', certainty: 'CONFIRMED' },
      { role: 'TRANSIT', locode: 'RUMOW', certainty: 'CONFIRMED' },
      { role: 'DESTINATION', locode: 'VNSGN', certainty: 'CONFIRMED' },
    ],
    indicators: [
      {
        id: 'I1',
        type: 'ROUTE_UNUSUAL',
        text: `The third such luggage on this line. ${FICTIONAL}`,
        weight: 'MEDIUM',
        grade: grade('B', '3'),
      },
    ],
    evaluation: grade('B', '3'),
    requestedAction: 'OPEN',
    feedbackRequired: true,
    feedbackDueAt: at(6),
  };
}

/** A request with two questions, from this country's administration. */
export function questionsAbout(matter: string, country: 'VN' | 'PH'): object {
  const authority = `${country}-CUS`;
  const unit = country === 'VN' ? 'VN-CUS-AS' : 'PH-CUS-INV';
  return {
    language: 'en',
    requesting: {
      authority,
      unit,
      officer: 'p:demo-contact',
      contact: { unit, phone: country === 'VN' ? '+8400000000' : '+6300000000' },
    },
    legalBasis:
      country === 'VN'
        ? { agreement: 'EXAMPLE-MULTILATERAL', article: 'art4' }
        : { agreement: 'EXAMPLE-VN-PH', article: 'art5' },
    assistanceType: 'INFORMATION_OFFENCE',
    measureRequested: `Please check your records and answer both questions. ${FICTIONAL}`,
    object: `Information on ${matter}. ${FICTIONAL}`,
    reason: `They may belong to a case that is open here. ${FICTIONAL}`,
    legalElements: [
      { provision: 'Customs law (example)', offence: 'Smuggling', maximumPenalty: 'Imprisonment (example)' },
    ],
    natureOfProceedings: 'CRIMINAL',
    factsSummary: `See the alert. ${FICTIONAL}`,
    enquiriesMade: `Own records were checked. ${FICTIONAL}`,
    questions: [
      { no: 1, text: `What do your records say of ${matter}? ${FICTIONAL}` },
      { no: 2, text: `Were earlier consignments of the same sender checked? ${FICTIONAL}` },
    ],
    linkNecessity: `The answer decides where to look. ${FICTIONAL}`,
    intendedUse: ['INTELLIGENCE', 'INVESTIGATION'],
    reciprocityStatement: 'CAN',
    urgency: 'ROUTINE',
    neededBy: at(20),
    localCaseRef: country === 'VN' ? 'M918' : 'EX-7',
    feedbackPromisedBy: at(90),
  };
}

/** An acknowledgement. */
export function acknowledgement(): object {
  return { language: 'en', kind: 'ACKNOWLEDGEMENT' };
}

/** A question back: what exactly is meant. */
export function clarificationWanted(): object {
  return {
    language: 'en',
    kind: 'CLARIFICATION_REQUEST',
    clarification: { text: `Which bookings are meant? ${FICTIONAL}` },
  };
}

/** Answers to these questions. */
export function answersTo(kind: 'INTERIM' | 'FINAL', numbers: readonly number[]): object {
  return {
    language: 'en',
    kind,
    results: numbers.map((questionNo) => ({
      questionNo,
      result: 'ANSWERED',
      text: `Answer to question ${questionNo}: three bookings since October, one of them checked. ${FICTIONAL}`,
      evaluation: grade('A', '2'),
    })),
  };
}

/** A refusal of the whole request while an investigation runs. */
export function refusalWhileInvestigating(): object {
  return {
    language: 'en',
    kind: 'REFUSAL',
    refusal: { ground: 'R08', reasonText: `An investigation is running that would suffer. ${FICTIONAL}`, scope: 'ALL' },
  };
}

/** What came of the answer, when the request is closed. */
export function closingReport(): object {
  return {
    language: 'en',
    stage: 'CLOSED',
    disposition: 'CASE_OPENED',
    text: `The answer helped to open a case. ${FICTIONAL}`,
    contribution: 'SUBSTANTIAL',
  };
}
